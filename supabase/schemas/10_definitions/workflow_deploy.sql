-- A JSON pointer (RFC 6901) one key further.
create or replace function workflow_engine.extend_pointer(base text, key text)
returns text
language sql
immutable
return base || '/' || replace(replace(key, '~', '~0'), '/', '~1');

comment on function workflow_engine.extend_pointer(text, text) is
  'A JSON pointer one key further.';

-- The place and the fault of an error's sentence. The checks of definitions name their place ("Cannot save
-- action "a" of workflow "w" at /payload/url: …"); any other error is one of the whole.
create or replace function workflow_engine.place_fault(message text, base text)
returns table (pointer text, fault text)
language sql
immutable
set search_path = ''
as $$
  select place_fault.base || coalesce(m.parts[1], ''), upper(left(f.fault, 1)) || substr(f.fault, 2)
  from (select regexp_match(
    place_fault.message, '^Cannot save (?:(?:action|workflow) .*? at )?(/[^\s:]*)?: (.*)$'
  ) as parts) m
  cross join lateral (select coalesce(m.parts[2], place_fault.message) as fault) f;
$$;

comment on function workflow_engine.place_fault(text, text) is
  'The JSON pointer and the fault that an error''s sentence tells of.';

-- What one of the checks of definitions says against a value, as a sentence; null when it is well.
create or replace function workflow_engine.find_fault(check_name text, value anyelement)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  execute format('select workflow_engine.%I($1, %L)', find_fault.check_name, '') using find_fault.value;
  return null;
exception
  when sqlstate 'PT422' then
    return (select f.fault from workflow_engine.place_fault(sqlerrm, '') f);
end;
$$;

comment on function workflow_engine.find_fault(text, anyelement) is
  'What a check of definitions says against a value, or null.';

-- Every fault of a text with placeholders: of each path, of each filter, and of what is never closed.
create or replace function workflow_engine.find_text_faults(content text)
returns setof text
language sql
stable
set search_path = ''
as $$
  with placeholder as (
    select m[1] as content, workflow_engine.split_placeholder(m[1]) as parts
    from regexp_matches(find_text_faults.content, '\{\{(.*?)\}\}', 'g') m
  )
  select f.fault
  from placeholder p
  cross join lateral (
    select workflow_engine.find_fault('check_path', coalesce(trim(p.parts[1]), '')) as fault
    where array_to_string(p.parts, '|') = p.content
    union all
    select workflow_engine.find_fault('compile_filter', n.part)
    from unnest(p.parts[2:]) n (part)
    where array_to_string(p.parts, '|') = p.content
    union all
    select workflow_engine.find_fault('compile_placeholder', p.content)
    where array_to_string(p.parts, '|') <> p.content
  ) f
  where f.fault is not null
  union all
  select format('"%s" opens a placeholder that is never closed', left(u.rest, 100))
  from (select substring(regexp_replace(find_text_faults.content, '\{\{.*?\}\}', ' ', 'g') from '\{\{.*') as rest) u
  where u.rest is not null;
$$;

comment on function workflow_engine.find_text_faults(text) is
  'Every fault of a text with placeholders.';

-- Every fault of a JSON template, each with its pointer.
create or replace function workflow_engine.find_template_faults(value jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
stable
set search_path = ''
as $$
begin
  case jsonb_typeof(find_template_faults.value)
    when 'string' then
      return query
        select find_template_faults.base, f.* from workflow_engine.find_text_faults(find_template_faults.value #>> '{}') f;
    when 'object' then
      return query
        select find_template_faults.base, f.fault
        from (values
          (case when find_template_faults.value ? '$template' then 'The key "$template" is the engine''s own' end),
          (case when find_template_faults.value ? '$secret' then workflow_engine.find_fault('check_secret', find_template_faults.value) end)
        ) f (fault)
        where f.fault is not null
        union all
        select f.*
        from jsonb_each(find_template_faults.value) e
        cross join lateral workflow_engine.find_template_faults(e.value, workflow_engine.extend_pointer(find_template_faults.base, e.key)) f;
    when 'array' then
      return query
        select f.*
        from jsonb_array_elements(find_template_faults.value) with ordinality e (value, number)
        cross join lateral workflow_engine.find_template_faults(e.value, find_template_faults.base || '/' || (e.number - 1)) f;
    else
      null;
  end case;
end;
$$;

comment on function workflow_engine.find_template_faults(jsonb, text) is
  'Every fault of a JSON template with its JSON pointer.';

-- Every fault of an action's payload, each with its pointer: of the rules of a choice, or of the template
-- and of what the engine knows about the payload of this action type.
create or replace function workflow_engine.find_payload_faults(fields jsonb, base text)
returns table (pointer text, fault text)
language sql
stable
set search_path = ''
as $$
  select format('%s/choices/%s/if', find_payload_faults.base, r.number - 1), f.fault
  from workflow_engine.read_rules(find_payload_faults.fields -> 'payload') r
  cross join lateral workflow_engine.find_fault('check_condition', r.condition) f (fault)
  where find_payload_faults.fields ->> 'action_type' = 'choice' and f.fault is not null
  union all
  select f.*
  from workflow_engine.find_template_faults(find_payload_faults.fields -> 'payload', find_payload_faults.base) f
  where find_payload_faults.fields ->> 'action_type' is distinct from 'choice'
  union all
  select find_payload_faults.base || '/' || f.name, upper(left(f.fault, 1)) || substr(f.fault, 2)
  from workflow_engine.find_wait_faults(find_payload_faults.fields ->> 'action_type', find_payload_faults.fields -> 'payload') f
  where find_payload_faults.fields ->> 'target_endpoint' is null
  union all
  select find_payload_faults.base || '/url', f.fault
  from workflow_engine.find_fault('check_url', find_payload_faults.fields #>> '{payload,url}') f (fault)
  where find_payload_faults.fields ->> 'action_type' = 'http_request'
    and find_payload_faults.fields ->> 'target_endpoint' is null
    and find_payload_faults.fields #>> '{payload,url}' !~ '\{\{'
    and f.fault is not null;
$$;

comment on function workflow_engine.find_payload_faults(jsonb, text) is
  'Every fault of an action''s payload with its JSON pointer.';

-- What a constraint allows, as a sentence: what it lists, or else its name, which says it.
create or replace function workflow_engine.say_constraint(name text, expression text, value jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when say_constraint.expression ~ '= ANY \(ARRAY\[' then format('%s is none of %s', say_constraint.value, (
      select string_agg(m[1], ', ') from regexp_matches(say_constraint.expression, '''([^'']*)''::', 'g') m
    ))
    when say_constraint.value is null then upper(left(say_constraint.name, 1)) || replace(substr(say_constraint.name, 2), '_', ' ')
    else format('%s is refused: %s', say_constraint.value, replace(say_constraint.name, '_', ' '))
  end;
$$;

comment on function workflow_engine.say_constraint(text, text, jsonb) is
  'What a CHECK constraint has against a value, or against a row, as a sentence.';

-- What columns that have to agree with each other say about a row without the keys that are faulty by
-- themselves, each at the first of its columns that the row names.
create or replace function workflow_engine.find_disagreements(table_name regclass, fields jsonb, faulty text[])
returns table (key text, fault text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_check record;
  v_holds boolean;
begin
  for v_check in
    select c.conname, pg_catalog.pg_get_expr(c.conbin, c.conrelid) as expression, array(
      select a.attname::text
      from pg_catalog.pg_attribute a
      where a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      order by not find_disagreements.fields ? a.attname, a.attnum
    ) as columns
    from pg_catalog.pg_constraint c
    where c.conrelid = find_disagreements.table_name and c.contype = 'c' and cardinality(c.conkey) > 1
    order by c.conname
  loop
    continue when v_check.columns && find_disagreements.faulty or not find_disagreements.fields ?| v_check.columns;
    execute format('select %s from jsonb_populate_record(null::%s, $1)', v_check.expression, find_disagreements.table_name)
    into v_holds
    using workflow_engine.column_defaults(find_disagreements.table_name) || (find_disagreements.fields - find_disagreements.faulty);
    if not v_holds then
      return query select v_check.columns[1], workflow_engine.say_constraint(v_check.conname, '', null);
    end if;
  end loop;
end;
$$;

comment on function workflow_engine.find_disagreements(regclass, jsonb, text[]) is
  'What is wrong with columns of a row that have to agree with each other.';

-- Why a row cannot be written, or null: it is inserted and taken back. With a `field`, this row was made to
-- ask about that one alone: what it would have to agree on with others is not asked.
create or replace function workflow_engine.try_insert(table_name regclass, fields jsonb, field text default null)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_columns text := (select string_agg(quote_ident(k.name), ', ') from jsonb_object_keys(try_insert.fields) k (name));
  v_message text;
  v_key text;
  v_name text;
  v_constraint pg_catalog.pg_constraint;
begin
  execute format('insert into %s (%s) select %s from jsonb_populate_record(null::%s, $1)',
    try_insert.table_name, v_columns, v_columns, try_insert.table_name) using try_insert.fields;
  raise exception using errcode = 'WF000';
exception
  when sqlstate 'WF000' then
    return null;
  when not_null_violation then
    return 'A value is needed';
  when others then
    get stacked diagnostics v_message = message_text, v_key = pg_exception_detail, v_name = constraint_name;
    select * into v_constraint
    from pg_catalog.pg_constraint c
    where c.conrelid = try_insert.table_name and c.conname = v_name;
    if try_insert.field is null or v_constraint.contype is distinct from 'c' and v_key is distinct from 'definition.wait_invalid' then
      return v_message;
    elsif cardinality(v_constraint.conkey) = 1 then
      return workflow_engine.say_constraint(v_name, pg_catalog.pg_get_constraintdef(v_constraint.oid), try_insert.fields -> try_insert.field);
    end if;
    return null;
end;
$$;

comment on function workflow_engine.try_insert(regclass, jsonb, text) is
  'Why a row with these fields cannot be written, or null; nothing stays written.';

-- The columns of workflow and workflow_action that are the engine's to write, and no document's.
create or replace function workflow_engine.undocumented_columns()
returns text[]
language sql
immutable
return array['id', 'organization_id', 'workflow_id', 'version', 'created_at', 'updated_at'];

comment on function workflow_engine.undocumented_columns() is
  'The columns of definitions that a document does not name.';

-- Every fault of one field of a row, tried beside the minimum that a row needs.
create or replace function workflow_engine.find_field_faults(
  table_name regclass,
  fields jsonb,
  minimum jsonb,
  field text,
  base text
)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := find_field_faults.fields -> find_field_faults.field;
  v_pointer text := workflow_engine.extend_pointer(find_field_faults.base, find_field_faults.field);
begin
  if find_field_faults.field = 'payload' and jsonb_typeof(v_value) = 'object' then
    return query select f.* from workflow_engine.find_payload_faults(find_field_faults.fields, v_pointer) f;
  elsif find_field_faults.field = 'headers' and jsonb_typeof(v_value) = 'object' or find_field_faults.field = 'target_endpoint' and v_value::text ~ '\{\{' then
    return query select f.* from workflow_engine.find_template_faults(v_value, v_pointer) f;
  elsif exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = find_field_faults.table_name and a.attname = find_field_faults.field and a.attnum > 0
      and a.attname <> all (workflow_engine.undocumented_columns())
  ) then
    return query
      select v_pointer, f.fault
      from workflow_engine.try_insert(
        find_field_faults.table_name, find_field_faults.minimum || jsonb_build_object(find_field_faults.field, v_value), find_field_faults.field
      ) e (message)
      cross join lateral workflow_engine.place_fault(e.message, '') f
      where e.message is not null;
  else
    return query select v_pointer, format('The key "%s" is not known', find_field_faults.field);
  end if;
end;
$$;

comment on function workflow_engine.find_field_faults(regclass, jsonb, jsonb, text, text) is
  'Every fault of one field of a row with its JSON pointer.';

-- Every fault of one row of a document. A row that can be written whole has none. Of any other, each field is
-- asked by itself, and so are those that have to agree.
create or replace function workflow_engine.find_row_faults(table_name regclass, fields jsonb, minimum jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
declare
  v_missing text[] := array(
    select k.name
    from (values ('name'), ('trigger'), ('action_type')) k (name)
    where find_row_faults.minimum ? k.name and not find_row_faults.fields ? k.name
  );
  v_fault text := workflow_engine.try_insert(find_row_faults.table_name, find_row_faults.minimum || find_row_faults.fields);
  v_faulty text[] := array[]::text[];
  v_field text;
begin
  if v_fault is null and v_missing = '{}' and not find_row_faults.fields ?| workflow_engine.undocumented_columns() then
    return;
  end if;
  for v_field in select jsonb_object_keys(find_row_faults.fields) loop
    return query
      select f.*
      from workflow_engine.find_field_faults(
        find_row_faults.table_name, find_row_faults.fields, find_row_faults.minimum, v_field, find_row_faults.base
      ) f;
    if found then
      v_faulty := v_faulty || v_field;
    end if;
  end loop;
  return query
    select format('%s/%s', find_row_faults.base, k.name), format('The key "%s" is missing', k.name)
    from unnest(v_missing) k (name);
  return query
    select workflow_engine.extend_pointer(find_row_faults.base, d.key), d.fault
    from workflow_engine.find_disagreements(find_row_faults.table_name, find_row_faults.fields, v_faulty) d;
  if not found and v_faulty = '{}' and v_fault is not null then
    return query select f.* from workflow_engine.place_fault(v_fault, find_row_faults.base) f;
  end if;
end;
$$;

comment on function workflow_engine.find_row_faults(regclass, jsonb, jsonb, text) is
  'Every fault of one row of a definition document with its JSON pointer.';

-- Switches the saving of one workflow's versions off, and on again with null, while it is written in
-- several statements of this transaction.
create or replace function workflow_engine.set_deploying(workflow_id uuid)
returns void
language sql
set search_path = ''
as $$
  select set_config('workflow_engine.deploying', coalesce(set_deploying.workflow_id::text, ''), true);
$$;

comment on function workflow_engine.set_deploying(uuid) is
  'Keeps a workflow from being saved as a version while it is written in several statements.';

-- What is wrong with the actions of a document, each by itself. `workflow_id` is a workflow that they
-- may be tried in.
create or replace function workflow_engine.find_action_faults(workflow_id uuid, actions jsonb)
returns table (pointer text, fault text)
language sql
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as position, coalesce(a.fields ->> 'name', a.fields ->> 'action_type') as name
    from jsonb_array_elements(find_action_faults.actions) with ordinality a (fields, number)
  )
  select f.*
  from action a
  cross join lateral workflow_engine.find_row_faults(
    'public.workflow_action', a.fields,
    jsonb_build_object('workflow_id', find_action_faults.workflow_id, 'action_type', 'log'),
    '/actions/' || a.position
  ) f
  where jsonb_typeof(a.fields) = 'object'
  union all
  select '/actions/' || a.position, 'An action is an object'
  from action a
  where jsonb_typeof(a.fields) <> 'object'
  union all
  select format('/actions/%s/name', a.position), format('The name "%s" stands twice', a.name)
  from action a
  where exists (select from action b where b.position < a.position and b.name = a.name);
$$;

comment on function workflow_engine.find_action_faults(uuid, jsonb) is
  'What is wrong with the actions of a document, each by itself.';

-- The actions of a document as the graph sees them, without the fields that are faulty by themselves. What
-- an action follows is nothing then, rather than something that its author did not mean.
create or replace function workflow_engine.read_document_actions(actions jsonb, faults jsonb)
returns public.workflow_action[]
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number, array(
      select k.key
      from jsonb_object_keys(a.fields) k (key)
      join jsonb_array_elements(read_document_actions.faults) f (fault)
        on f.fault ->> 'pointer' = workflow_engine.extend_pointer('/actions/' || (a.number - 1), k.key)
    ) as faulty
    from jsonb_array_elements(read_document_actions.actions) with ordinality a (fields, number)
    where jsonb_typeof(a.fields) = 'object'
  )
  select coalesce(array_agg(p order by a.number), '{}')
  from action a
  cross join lateral (select a.faulty && array['depends_on', 'order'] as is_unsure) u
  cross join lateral jsonb_populate_record(null::public.workflow_action,
    workflow_engine.column_defaults('public.workflow_action')
    || (a.fields - a.faulty - case when u.is_unsure then array['join_count', 'run_if'] else '{}' end)
    || case when u.is_unsure then jsonb '{"depends_on": []}' else '{}' end
    || case when 'order' = any (a.faulty) then jsonb '{"order": null}' else '{}' end
    || jsonb_build_object('name', coalesce(a.fields ->> 'name', a.fields ->> 'action_type', ''), 'action_type', coalesce(a.fields ->> 'action_type', ''))
  ) p;
$$;

comment on function workflow_engine.read_document_actions(jsonb, jsonb) is
  'The actions of a document as the graph sees them, without what is faulty by itself.';

-- What is wrong with the graph that the actions of a document make. Where the order of one is not known, it
-- is not known either what others follow.
create or replace function workflow_engine.find_document_graph_faults(actions jsonb, faults jsonb)
returns table (pointer text, fault text)
language sql
stable
set search_path = ''
as $$
  with name as (
    select coalesce(a.fields ->> 'name', a.fields ->> 'action_type') as name, min(a.number) - 1 as position
    from jsonb_array_elements(find_document_graph_faults.actions) with ordinality a (fields, number)
    where jsonb_typeof(a.fields) = 'object'
    group by 1
  ),
  document as materialized (
    select workflow_engine.read_document_actions(find_document_graph_faults.actions, find_document_graph_faults.faults) as actions
  )
  select coalesce('/actions/' || n.position, '') || '/' || f.field, upper(left(f.fault, 1)) || substr(f.fault, 2)
  from document d
  cross join lateral workflow_engine.find_graph_faults(d.actions) f
  left join name n on n.name = f.action
  where f.field not in ('join_count', 'run_if')
    or not exists (select from unnest(d.actions) a where a."order" is null);
$$;

comment on function workflow_engine.find_document_graph_faults(jsonb, jsonb) is
  'What is wrong with the graph that the actions of a document make, with JSON pointers.';

-- Everything that is wrong with a document, as [{"pointer", "fault"}]. It is tried in the database's own
-- tables, under their own constraints and checks, and taken back.
create or replace function workflow_engine.find_definition_faults(definition jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_actions jsonb := coalesce(find_definition_faults.definition -> 'actions', '[]');
  v_workflow uuid := workflow_engine.new_id();
  v_faults jsonb;
begin
  if jsonb_typeof(find_definition_faults.definition) is distinct from 'object' or jsonb_typeof(v_actions) <> 'array' then
    return jsonb '[{"pointer": "", "fault": "A definition is an object with an array of actions"}]';
  end if;
  begin
    perform workflow_engine.set_deploying(v_workflow);
    select coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
    from workflow_engine.find_row_faults(
      'public.workflow',
      find_definition_faults.definition - 'actions' - 'organization_id',
      jsonb_build_object('id', v_workflow, 'name', 'unnamed', 'trigger', 'none', 'organization_id', v_workflow), ''
    ) f;
    insert into public.workflow (id, name, organization_id, trigger) values (v_workflow, 'unnamed', v_workflow, 'none');
    select v_faults || coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
    from workflow_engine.find_action_faults(v_workflow, v_actions) f;
    select v_faults || coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
    from workflow_engine.find_document_graph_faults(v_actions, v_faults) f;
    raise exception using errcode = 'WF000';
  exception
    when sqlstate 'WF000' then
      return v_faults;
  end;
end;
$$;

comment on function workflow_engine.find_definition_faults(jsonb) is
  'Everything that is wrong with a definition document, as [{"pointer", "fault"}].';

-- The paths in the texts of a JSON template, each with its pointer.
create or replace function workflow_engine.read_template_paths(value jsonb, base text)
returns table (pointer text, expression text)
language sql
immutable
set search_path = ''
as $$
  with recursive node as (
    select read_template_paths.base as pointer, read_template_paths.value as value
    union all
    select c.pointer, c.value
    from node n
    cross join lateral (
      select workflow_engine.extend_pointer(n.pointer, e.key), e.value
      from jsonb_each(case jsonb_typeof(n.value) when 'object' then n.value else '{}' end) e
      union all
      select n.pointer || '/' || (e.number - 1), e.value
      from jsonb_array_elements(case jsonb_typeof(n.value) when 'array' then n.value else '[]' end) with ordinality e (value, number)
    ) c (pointer, value)
  )
  select n.pointer, trim((workflow_engine.split_placeholder(m[1]))[1])
  from node n
  cross join lateral regexp_matches(n.value #>> '{}', '\{\{(.*?)\}\}', 'g') m
  where jsonb_typeof(n.value) = 'string';
$$;

comment on function workflow_engine.read_template_paths(jsonb, text) is
  'The paths in the texts of a JSON template with their JSON pointers.';

-- Every expression of a document as Postgres prints it, and whether it may read an item. Without a number it
-- is the workflow's own. What cannot be parsed is left to the faults.
create or replace function workflow_engine.read_expressions(definition jsonb)
returns table (number bigint, pointer text, expression text, has_item boolean)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as number, '/actions/' || (a.number - 1) as base,
      a.fields ->> 'for_each' is not null as has_item
    from jsonb_array_elements(
      case jsonb_typeof(read_expressions.definition -> 'actions') when 'array' then read_expressions.definition -> 'actions' else '[]' end
    ) with ordinality a (fields, number)
    where jsonb_typeof(a.fields) = 'object'
  )
  select e.number, e.pointer, e.expression::jsonpath::text, e.has_item
  from (
    select null::bigint as number, '/' || k.name as pointer, read_expressions.definition ->> k.name as expression, false as has_item
    from (values ('condition'), ('relative_to')) k (name)
    union all
    select a.number, a.base || '/' || k.name, a.fields ->> k.name, a.has_item and k.name <> 'for_each'
    from action a
    cross join (values ('condition'), ('for_each')) k (name)
    union all
    select a.number, format('%s/payload/choices/%s/if', a.base, r.number - 1), r.condition, false
    from action a
    cross join lateral workflow_engine.read_rules(a.fields -> 'payload') r
    where a.fields ->> 'action_type' = 'choice'
    union all
    select a.number, t.pointer, t.expression, a.has_item
    from action a
    cross join (values ('payload'), ('target_endpoint'), ('headers')) k (name)
    cross join lateral workflow_engine.read_template_paths(a.fields -> k.name, a.base || '/' || k.name) t
    where a.fields ->> 'action_type' is distinct from 'choice'
  ) e
  where e.expression is not null and workflow_engine.find_fault('check_path', e.expression) is null;
$$;

comment on function workflow_engine.read_expressions(jsonb) is
  'Every expression of a definition document with its JSON pointer.';

-- What expressions read that is not there, whatever happens: actions and vars that the workflow does not
-- have, an item without a for_each, and before there is a run, what only a run has.
create or replace function workflow_engine.find_missing_data(definition jsonb)
returns table (number bigint, pointer text, warning text)
language sql
stable
set search_path = ''
as $$
  with expression as (
    select * from workflow_engine.read_expressions(find_missing_data.definition)
  ),
  part as (
    select distinct e.number, e.pointer, m[1] as part, m[2] as name, e.has_item
    from expression e
    cross join lateral regexp_matches(e.expression, '\$\."(actions|vars|item|run)"(?:\."([A-Za-z_][A-Za-z0-9_]*)")?', 'g') m
  )
  select p.number, p.pointer, case
    when p.number is null and p.part in ('actions', 'item', 'run')
      then format('"$.%s" is read before there is a run: it is empty', p.part)
    when p.part = 'item' and not p.has_item then '"$.item" is read without a for_each: it is empty'
    when p.part = 'actions' then format('"$.actions.%s" is read, but this workflow has no such action', p.name)
    when p.part = 'vars' then format('"$.vars.%s" is read, but this workflow has no such var', p.name)
  end
  from part p
  where (p.number is null and p.part in ('actions', 'item', 'run'))
    or (p.part = 'item' and not p.has_item)
    or (p.part = 'actions' and p.name is not null and not exists (
      select from jsonb_array_elements(find_missing_data.definition -> 'actions') a (fields)
      where coalesce(a.fields ->> 'name', a.fields ->> 'action_type') = p.name
    ))
    or (p.part = 'vars' and p.name is not null and not coalesce(find_missing_data.definition -> 'vars', '{}') ? p.name);
$$;

comment on function workflow_engine.find_missing_data(jsonb) is
  'What the expressions of a definition document read that is never there.';

-- Joins that wait for more of a choice's branches than it ever takes.
create or replace function workflow_engine.find_unmeetable_joins(definition jsonb)
returns table (number bigint, pointer text, warning text)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as number
    from jsonb_array_elements(
      case jsonb_typeof(find_unmeetable_joins.definition -> 'actions') when 'array' then find_unmeetable_joins.definition -> 'actions' else '[]' end
    ) with ordinality a (fields, number)
  )
  select j.number, format('/actions/%s/join_count', j.number), format(
    'It waits for %s actions, but the choice "%s" lets no more than %s of those run that it follows',
    j.fields ->> 'join_count', coalesce(c.fields ->> 'name', 'choice'), m.free + m.chosen
  )
  from action j
  join action c on c.fields ->> 'action_type' = 'choice'
  cross join lateral (
    select
      (
        select count(*)
        from jsonb_array_elements_text(j.fields -> 'depends_on') d (name)
        where not exists (select from workflow_engine.read_rules(c.fields -> 'payload') r where d.name = any (r.targets))
      ) as free,
      (
        select max((select count(*) from jsonb_array_elements_text(j.fields -> 'depends_on') d (name) where d.name = any (r.targets)))
        from workflow_engine.read_rules(c.fields -> 'payload') r
      ) as chosen
  ) m
  where jsonb_typeof(j.fields -> 'join_count') = 'number' and jsonb_typeof(j.fields -> 'depends_on') = 'array'
    and (j.fields -> 'join_count')::numeric > m.free + m.chosen
    and (j.fields -> 'join_count')::numeric <= jsonb_array_length(j.fields -> 'depends_on');
$$;

comment on function workflow_engine.find_unmeetable_joins(jsonb) is
  'Joins of a definition document that wait for more of a choice''s branches than it ever takes.';

-- What is allowed but probably not meant, as [{"pointer", "warning"}].
create or replace function workflow_engine.find_definition_warnings(definition jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as number
    from jsonb_array_elements(
      case jsonb_typeof(find_definition_warnings.definition -> 'actions') when 'array' then find_definition_warnings.definition -> 'actions' else '[]' end
    ) with ordinality a (fields, number)
  ),
  found as (
    select a.number, format('/actions/%s/payload', a.number) as pointer,
      'A choice without an else: when no rule holds, none of its branches is taken' as warning
    from action a
    where a.fields ->> 'action_type' = 'choice' and not a.fields -> 'payload' ? 'else'
    union all
    select a.number, format('/actions/%s/headers', a.number),
      'These are headers of the call to a target_endpoint, which this action does not have'
    from action a
    where a.fields -> 'headers' <> '{}' and a.fields ->> 'target_endpoint' is null
    union all
    select * from workflow_engine.find_missing_data(find_definition_warnings.definition)
    union all
    select * from workflow_engine.find_unmeetable_joins(find_definition_warnings.definition)
  )
  select coalesce(jsonb_agg(
    jsonb_build_object('pointer', f.pointer, 'warning', f.warning) order by f.number nulls first, f.pointer, f.warning
  ), '[]')
  from found f;
$$;

comment on function workflow_engine.find_definition_warnings(jsonb) is
  'What is probably not meant in a definition document, as [{"pointer", "warning"}].';

-- Writes a row whole: these fields, and the columns' defaults for all others. A row of that id is replaced.
create or replace function workflow_engine.write_row(table_name regclass, fields jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_columns text := (
    select string_agg(quote_ident(a.attname), ', ')
    from pg_catalog.pg_attribute a
    where a.attrelid = write_row.table_name and a.attnum > 0 and not a.attisdropped
  );
begin
  execute format(
    'insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1) on conflict (id) do update set (%2$s) = (select %3$s)',
    write_row.table_name, v_columns, 'excluded.' || replace(v_columns, ', ', ', excluded.')
  )
  using workflow_engine.column_defaults(write_row.table_name) || write_row.fields;
end;
$$;

comment on function workflow_engine.write_row(regclass, jsonb) is
  'Inserts or replaces a row by its id, with the defaults for what is left out.';

-- Makes the actions of a workflow those of a document. One of the same name stays the same action.
create or replace function workflow_engine.write_actions(workflow_id uuid, actions jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from public.workflow_action a
  where a.workflow_id = write_actions.workflow_id and not exists (
    select from jsonb_array_elements(write_actions.actions) n (fields)
    where coalesce(n.fields ->> 'name', n.fields ->> 'action_type') = a.name
  );
  perform workflow_engine.write_row('public.workflow_action', n.fields || jsonb_build_object(
    'id', coalesce(a.id, workflow_engine.new_id()),
    'name', coalesce(n.fields ->> 'name', n.fields ->> 'action_type'),
    'workflow_id', write_actions.workflow_id
  ))
  from jsonb_array_elements(write_actions.actions) n (fields)
  left join public.workflow_action a
    on a.workflow_id = write_actions.workflow_id
    and a.name = coalesce(n.fields ->> 'name', n.fields ->> 'action_type');
end;
$$;

comment on function workflow_engine.write_actions(uuid, jsonb) is
  'Makes the actions of a workflow those of a document.';

-- Makes the database hold this document, the workflow of its name and organization, and returns its id.
create or replace function workflow_engine.write_definition(definition jsonb)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_old public.workflow;
  v_workflow uuid;
begin
  select * into v_old
  from public.workflow w
  where w.name = write_definition.definition ->> 'name'
    and w.organization_id is not distinct from write_definition.definition ->> 'organization_id'
  for update;
  v_workflow := coalesce(v_old.id, workflow_engine.new_id());
  perform workflow_engine.set_deploying(v_workflow);
  perform workflow_engine.write_row('public.workflow',
    jsonb_build_object('is_active', coalesce(v_old.is_active, true)) || (write_definition.definition - 'actions')
      || jsonb_build_object('id', v_workflow, 'version', coalesce(v_old.version, 0))
      || jsonb_strip_nulls(jsonb_build_object('created_at', v_old.created_at)));
  perform workflow_engine.write_actions(v_workflow, coalesce(write_definition.definition -> 'actions', '[]'));
  perform workflow_engine.set_deploying(null);
  perform workflow_engine.save_version(v_workflow);
  return v_workflow;
end;
$$;

comment on function workflow_engine.write_definition(jsonb) is
  'Writes a definition document; returns the workflow''s id.';

-- Says what is wrong with a document without saving anything.
create or replace function public.workflow_check(definition jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'errors', workflow_engine.find_definition_faults(workflow_check.definition),
    'warnings', workflow_engine.find_definition_warnings(workflow_check.definition)
  );
end;
$$;

comment on function public.workflow_check(jsonb) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Says what is wrong with a definition document, saving nothing: {"errors": [{"pointer", "fault"}], "warnings": [{"pointer", "warning"}]}.';

-- Saves a whole definition at once: the workflow of this name and organization becomes what the document
-- says. An unchanged document makes no new version; a faulty one changes nothing and tells all its faults.
create or replace function public.workflow_deploy(definition jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_faults jsonb := workflow_engine.find_definition_faults(workflow_deploy.definition);
  v_before jsonb;
  v_workflow uuid;
begin
  if v_faults <> '[]' then
    perform workflow_engine.raise_error(
      'PT422', 'definition.invalid',
      format('Cannot deploy workflow "%s": %s', workflow_deploy.definition ->> 'name', (
        select string_agg(format('at "%s": %s', f ->> 'pointer', f ->> 'fault'), '; ') from jsonb_array_elements(v_faults) f
      )),
      v_faults::text
    );
  end if;
  select workflow_engine.definition_document(w.id) into v_before
  from public.workflow w
  where w.name = workflow_deploy.definition ->> 'name'
    and w.organization_id is not distinct from workflow_deploy.definition ->> 'organization_id';
  v_workflow := workflow_engine.write_definition(workflow_deploy.definition);
  return jsonb_build_object(
    'workflow_id', v_workflow,
    'version', (select w.version from public.workflow w where w.id = v_workflow),
    'changed', v_before is distinct from workflow_engine.definition_document(v_workflow),
    'warnings', workflow_engine.find_definition_warnings(workflow_deploy.definition)
  );
end;
$$;

comment on function public.workflow_deploy(jsonb) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Saves a whole definition document; returns {"workflow_id", "version", "changed", "warnings"}. Raises PT422 with every fault of the document, as [{"pointer", "fault"}] in the hint.';
