-- One `| name: arguments` of a placeholder as {"name", "arguments"}.
create or replace function workflow_engine.compile_filter(filter text, field text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_argument constant text := '''((?:[^''\\]|\\.)*)''|"((?:[^"\\]|\\.)*)"|(-?[0-9]+(?:\.[0-9]+)?)';
  v_parts text[] := regexp_match(compile_filter.filter, '^\s*([a-z]+)\s*(?::\s*(.*?))?\s*$');
  v_arguments jsonb;
begin
  if v_parts is null or v_parts[1] not in ('default', 'required', 'date', 'number', 'upper', 'lower', 'join', 'json') then
    perform workflow_engine.raise_error(
      'PT422', 'definition.filter_unknown',
      format('Cannot save %s: the filter "%s" is not known', compile_filter.field, trim(compile_filter.filter)),
      'Known filters: default, required, date, number, upper, lower, join, json.'
    );
  end if;
  if coalesce(v_parts[2], '') !~ ('^(?:(?:' || v_argument || ')\s*(?:,\s*(?!$)|$))*$') then
    perform workflow_engine.raise_error(
      'PT422', 'definition.filter_arguments_invalid',
      format('Cannot save %s: cannot read the arguments "%s" of the filter "%s"', compile_filter.field, v_parts[2], v_parts[1]),
      'Arguments are quoted texts or numbers, separated by commas.'
    );
  end if;
  select coalesce(
    jsonb_agg(
      case
        when m[3] is not null then m[3]::jsonb
        else to_jsonb(regexp_replace(coalesce(m[1], m[2]), '\\(.)', '\1', 'g'))
      end
      order by ordinality
    ), '[]')
  into v_arguments
  from regexp_matches(v_parts[2], v_argument, 'g') with ordinality as t (m, ordinality);
  return jsonb_build_object('name', v_parts[1], 'arguments', v_arguments);
end;
$$;

comment on function workflow_engine.compile_filter(text, text) is
  'Compiles one filter of a placeholder; raises PT422 for an unknown one.';

-- The inside of {{ … }} at its single bars: the path, then the filters. A bar in quotes does not separate,
-- and a double bar is the path's own "or". What cannot be read is missing from the parts.
create or replace function workflow_engine.split_placeholder(placeholder text)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select array(
    select m[1]
    from regexp_matches(
      split_placeholder.placeholder,
      '((?:[^|"'']|\|\||"(?:[^"\\]|\\.)*"|''(?:[^''\\]|\\.)*'')+)', 'g'
    ) m
  );
$$;

comment on function workflow_engine.split_placeholder(text) is
  'The path and the filters of a placeholder.';

-- `$.record.name | default: 'you'` as {"path", "filters", "required", "takes_all"}.
create or replace function workflow_engine.compile_placeholder(placeholder text, field text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_parts text[] := workflow_engine.split_placeholder(compile_placeholder.placeholder);
  v_path jsonpath;
  v_filters jsonb;
begin
  if array_to_string(v_parts, '|') <> compile_placeholder.placeholder then
    perform workflow_engine.raise_error(
      'PT422', 'definition.placeholder_invalid',
      format('Cannot save %s: cannot read the placeholder "{{%s}}"', compile_placeholder.field, compile_placeholder.placeholder),
      'Close every quote, and write a filter after each single bar.'
    );
  end if;
  v_path := workflow_engine.check_path(coalesce(trim(v_parts[1]), ''), compile_placeholder.field);
  select coalesce(jsonb_agg(workflow_engine.compile_filter(p.part, compile_placeholder.field) order by p.ordinality), '[]')
  into v_filters
  from unnest(v_parts[2:]) with ordinality p (part, ordinality);
  return jsonb_build_object(
    'path', trim(v_parts[1]),
    'filters', jsonb_path_query_array(v_filters, '$[*] ? (@.name != "required")'),
    'required', jsonb_path_exists(v_filters, '$[*] ? (@.name == "required")'),
    'takes_all', workflow_engine.count_wildcards(v_path) > 0
  );
end;
$$;

comment on function workflow_engine.compile_placeholder(text, text) is
  'Compiles the inside of {{ … }} into a typed hole.';

-- A text into {"$template": [literal | index of a hole, …]}; its holes are appended to `holes`.
create or replace function workflow_engine.compile_text(content text, field text, inout holes jsonb, out compiled jsonb)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_rest text := compile_text.content;
  v_start integer;
  v_end integer;
  v_parts jsonb := jsonb '[]';
begin
  loop
    v_start := position('{{' in v_rest);
    exit when v_start = 0;
    v_end := position('}}' in substr(v_rest, v_start));
    if v_end = 0 then
      perform workflow_engine.raise_error(
        'PT422', 'definition.placeholder_unclosed',
        format('Cannot save %s: "%s" opens a placeholder that is never closed', compile_text.field, left(substr(v_rest, v_start), 100)),
        'Write }} after the expression.'
      );
    end if;
    if v_start > 1 then
      v_parts := v_parts || to_jsonb(left(v_rest, v_start - 1));
    end if;
    v_parts := v_parts || to_jsonb(jsonb_array_length(holes));
    holes := holes || workflow_engine.compile_placeholder(substr(v_rest, v_start + 2, v_end - 3), compile_text.field);
    v_rest := substr(v_rest, v_start + v_end + 1);
  end loop;
  if v_rest <> '' and v_parts <> '[]' then
    v_parts := v_parts || to_jsonb(v_rest);
  end if;
  compiled := case when v_parts = '[]' then to_jsonb(compile_text.content) else jsonb_build_object('$template', v_parts) end;
end;
$$;

comment on function workflow_engine.compile_text(text, text, jsonb) is
  'Compiles a text with placeholders into literals and holes.';

-- Refuses a reference to a secret that a worker would refuse: it must be a name and nothing else, written
-- in the definition, and none of the engine's own keys.
create or replace function workflow_engine.check_secret(reference jsonb, field text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if (check_secret.reference - '$secret' = '{}' and check_secret.reference ->> '$secret' ~ '^[A-Za-z_][A-Za-z0-9_]*$') is not true then
    perform workflow_engine.raise_error(
      'PT422', 'definition.secret_invalid',
      format('Cannot save %s: a secret is {"$secret": "NAME"} and nothing else', check_secret.field),
      'Name a secret of the function with letters, digits and underscores.'
    );
  end if;
  if check_secret.reference ->> '$secret' ~* '^(SUPABASE|WORKFLOW)_' then
    perform workflow_engine.raise_error(
      'PT422', 'definition.secret_reserved',
      format('Cannot save %s: the secret "%s" is the engine''s own', check_secret.field, check_secret.reference ->> '$secret'),
      'Give your secret a name that begins neither with SUPABASE_ nor with WORKFLOW_.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_secret(jsonb, text) is
  'Raises PT422 for what is no reference to a secret, or to one of the engine''s own.';

-- Walks a template and compiles each text in it. `field` grows into a JSON pointer for errors.
create or replace function workflow_engine.compile_template(value jsonb, field text, inout holes jsonb, out compiled jsonb)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_item record;
  v_compiled jsonb;
begin
  case jsonb_typeof(compile_template.value)
    when 'string' then
      select t.holes, t.compiled into holes, compiled
      from workflow_engine.compile_text(compile_template.value #>> '{}', compile_template.field, holes) t;
    when 'object' then
      if compile_template.value ? '$template' then
        perform workflow_engine.raise_error(
          'PT422', 'definition.key_reserved',
          format('Cannot save %s: the key "$template" is the engine''s own', compile_template.field),
          'Choose another key.'
        );
      end if;
      if compile_template.value ? '$secret' then
        perform workflow_engine.check_secret(compile_template.value, compile_template.field);
      end if;
      compiled := '{}';
      for v_item in select e.key, e.value from jsonb_each(compile_template.value) e loop
        select t.holes, t.compiled into holes, v_compiled
        from workflow_engine.compile_template(
          v_item.value,
          compile_template.field || '/' || replace(replace(v_item.key, '~', '~0'), '/', '~1'),
          holes
        ) t;
        compiled := compiled || jsonb_build_object(v_item.key, v_compiled);
      end loop;
    when 'array' then
      compiled := '[]';
      for v_item in select e.value, e.ordinality from jsonb_array_elements(compile_template.value) with ordinality e loop
        select t.holes, t.compiled into holes, v_compiled
        from workflow_engine.compile_template(v_item.value, compile_template.field || '/' || (v_item.ordinality - 1), holes) t;
        compiled := compiled || jsonb_build_array(v_compiled);
      end loop;
    else
      compiled := compile_template.value;
  end case;
end;
$$;

comment on function workflow_engine.compile_template(jsonb, text, jsonb) is
  'Compiles a JSON template: texts with placeholders become {"$template": […]}, all else stays.';
