-- The text of a path without the content of its string literals, so that what is searched for in
-- it is syntax and never data. Works on the canonical text that Postgres prints.
create or replace function workflow_engine.path_syntax(path jsonpath)
returns text
language sql
immutable
return regexp_replace(path::text, '"([^"\\]|\\.)*"', '""', 'g');

comment on function workflow_engine.path_syntax(jsonpath) is
  'A path''s canonical text with empty string literals: only its syntax.';

-- How often a path fans out: its cost grows with the size of its data to this power.
create or replace function workflow_engine.count_wildcards(path jsonpath)
returns integer
language sql
immutable
return (
  select count(*)::integer
  from regexp_matches(
    workflow_engine.path_syntax(path),
    '\[[^]]*(\*| to )[^]]*\]|\.\*|\.keyvalue\(\)',
    'g'
  )
);

comment on function workflow_engine.count_wildcards(jsonpath) is
  'How many wildcards ([*], .*, ranges, keyvalue()) a path has.';

-- Which part of the data a path reads: one of event, record, actions, the rest (vars, item, run, now),
-- or, when it is not one alone, mixed.
create or replace function workflow_engine.path_root(path jsonpath)
returns text
language sql
immutable
strict
set search_path = ''
as $$
  select case when count(*) = 1 then min(r.part) else 'mixed' end
  from (
    select distinct case
      when m[1] in ('event', 'record', 'actions') then m[1]
      when m[1] is null then 'mixed'
      else 'rest'
    end as part
    from regexp_matches(path_root.path::text, '\$(?:\."([^"]*)")?', 'g') m
  ) r;
$$;

comment on function workflow_engine.path_root(jsonpath) is
  'Which part of the data a path reads.';

-- Whether a path reads a part of the data: by name, or because it reads the whole root.
create or replace function workflow_engine.reads_part(path jsonpath, part text)
returns boolean
language sql
immutable
return position('$."' || part || '"' in path::text) > 0 or workflow_engine.path_syntax(path) ~ '\$(?!\.")';

comment on function workflow_engine.reads_part(jsonpath, text) is
  'Whether a path reads $.event, $.record, $.actions or another part of the data.';

-- Whether a filter stands inside another filter: each step into one opens a parenthesis that only
-- its own end closes.
create or replace function workflow_engine.has_nested_filter(syntax text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_token text;
  v_depth integer := 0;
  v_filter_depth integer;
begin
  for v_token in select m[1] from regexp_matches(has_nested_filter.syntax, '(\?\s*\(|\(|\))', 'g') m
  loop
    if v_token like '?%' and v_filter_depth is not null then
      return true;
    end if;
    if v_token = ')' then
      v_depth := v_depth - 1;
      v_filter_depth := nullif(v_filter_depth, v_depth + 1);
    else
      v_depth := v_depth + 1;
      if v_token like '?%' then
        v_filter_depth := v_depth;
      end if;
    end if;
  end loop;
  return false;
end;
$$;

comment on function workflow_engine.has_nested_filter(text) is
  'Whether a path''s syntax has a filter inside a filter.';

-- The first thing in a parsed path that the engine does not allow, as a sentence; null when all is
-- well. Definitions come from tenants: what is refused here either does not exist on every supported
-- Postgres or can be made slow on purpose.
create or replace function workflow_engine.find_path_fault(path jsonpath)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_syntax text := workflow_engine.path_syntax(find_path_fault.path);
  v_token text;
begin
  if position('**' in v_syntax) > 0 then
    return 'The token "**" is not allowed; name the keys on the way';
  end if;
  v_token := substring(v_syntax from '\.(bigint|boolean|date|decimal|integer|number|string|time|time_tz|timestamp|timestamp_tz)\(');
  if v_token is not null then
    return format('The method ".%s()" does not exist in Postgres 15; use .datetime(), .double() or a template filter', v_token);
  end if;
  if v_syntax ~ '\$""' then
    return 'A variable such as "$name" is not known; the data is below "$.", for example $.now';
  end if;
  if workflow_engine.count_wildcards(find_path_fault.path) > 2 then
    return 'It has more than two wildcards';
  end if;
  if workflow_engine.has_nested_filter(v_syntax) then
    return 'A filter inside a filter is not allowed';
  end if;
  select m[1] into v_token
  from regexp_matches(find_path_fault.path::text, 'like_regex "((?:[^"\\]|\\.)*)"', 'g') m
  where m[1] ~ '[(){}]|\\\\[0-9]';
  if v_token is not null then
    return format('The pattern "%s" of like_regex has a group, a counted repetition or a back-reference', v_token);
  end if;
  -- A template of datetime() is read when it runs, and a bad one raises there in spite of `silent`.
  perform jsonb_path_query_tz('""', format('$.datetime(%s)', m[1])::jsonpath, '{}', true)
  from regexp_matches(find_path_fault.path::text, '\.datetime\(("(?:[^"\\]|\\.)*")\)', 'g') m;
  select m[1] into v_token
  from regexp_matches(find_path_fault.path::text, '\$\."((?:[^"\\]|\\.)*)"|"(?:[^"\\]|\\.)*"', 'g') m
  where m[1] not in ('event', 'record', 'actions', 'run', 'vars', 'item', 'now');
  if v_token is not null then
    return format('The root "$.%s" does not exist; expected one of $.event, $.record, $.actions, $.run, $.vars, $.item, $.now', v_token);
  end if;
  return null;
end;
$$;

comment on function workflow_engine.find_path_fault(jsonpath) is
  'What the engine does not allow in a path, as a sentence, or null.';

-- Parses an expression when a definition is saved, or says what is wrong, where, and what to do.
create or replace function workflow_engine.check_path(expression text, field text)
returns jsonpath
language plpgsql
stable
set search_path = ''
as $$
declare
  v_path jsonpath;
  v_fault text;
begin
  if check_path.expression is null then
    return null;
  end if;
  if length(check_path.expression) > 500 then
    v_fault := format('It has %s characters, more than 500', length(check_path.expression));
  else
    begin
      v_path := check_path.expression::jsonpath;
      v_fault := workflow_engine.find_path_fault(v_path);
    exception
      when others then
        v_fault := upper(left(sqlerrm, 1)) || substr(sqlerrm, 2);
    end;
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT422', 'definition.expression_invalid',
      format('Cannot save %s: the expression "%s" is invalid. %s', check_path.field,
        left(check_path.expression, 500), v_fault),
      'Expressions are SQL/JSON paths of Postgres 15, such as $.event.record.status == "paid".'
    );
  end if;
  return v_path;
end;
$$;

comment on function workflow_engine.check_path(text, text) is
  'Parses an expression of a definition; raises PT422 naming the field, the expression and the token.';

-- A condition must be a predicate: on an empty document a predicate is true, false or unknown, and
-- anything else finds no single boolean there.
create or replace function workflow_engine.check_condition(expression text, field text)
returns jsonpath
language plpgsql
stable
set search_path = ''
as $$
declare
  v_path jsonpath := workflow_engine.check_path(check_condition.expression, check_condition.field);
  v_is_predicate boolean := true;
begin
  begin
    perform jsonb_path_match_tz('{}', v_path);
  exception
    when others then
      v_is_predicate := false;
  end;
  if not v_is_predicate then
    perform workflow_engine.raise_error(
      'PT422', 'definition.condition_is_no_predicate',
      format('Cannot save %s: "%s" is not a predicate', check_condition.field, check_condition.expression),
      'Compare something ($.record.active == true), or write exists(…) around a filter.'
    );
  end if;
  return v_path;
end;
$$;

comment on function workflow_engine.check_condition(text, text) is
  'Parses a condition; raises PT422 when it is not a predicate.';
