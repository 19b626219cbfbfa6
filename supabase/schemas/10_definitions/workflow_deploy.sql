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

-- Every fault of a JSON template, each with its pointer: texts are compiled one by one.
create or replace function workflow_engine.find_template_faults(value jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select f.*
    from jsonb_each(case jsonb_typeof(find_template_faults.value) when 'object' then find_template_faults.value else '{}' end) e
    cross join lateral workflow_engine.find_template_faults(e.value, workflow_engine.extend_pointer(find_template_faults.base, e.key)) f;
  return query
    select f.*
    from jsonb_array_elements(case jsonb_typeof(find_template_faults.value) when 'array' then find_template_faults.value else '[]' end)
      with ordinality e (value, number)
    cross join lateral workflow_engine.find_template_faults(e.value, find_template_faults.base || '/' || (e.number - 1)) f;
  if jsonb_typeof(find_template_faults.value) = 'string' then
    perform workflow_engine.compile_text(find_template_faults.value #>> '{}', '', jsonb '[]');
  end if;
exception
  when sqlstate 'PT422' then
    return query select f.* from workflow_engine.place_fault(sqlerrm, find_template_faults.base) f;
end;
$$;

comment on function workflow_engine.find_template_faults(jsonb, text) is
  'Every fault of a JSON template with its JSON pointer.';

-- Every fault of the rules of a choice, each with its pointer.
create or replace function workflow_engine.find_choice_faults(payload jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_rule record;
begin
  for v_rule in select * from workflow_engine.read_rules(find_choice_faults.payload) loop
    begin
      perform workflow_engine.check_condition(v_rule.condition, '');
    exception
      when sqlstate 'PT422' then
        return query
          select f.*
          from workflow_engine.place_fault(sqlerrm, format('%s/choices/%s/if', find_choice_faults.base, v_rule.number - 1)) f;
    end;
  end loop;
end;
$$;

comment on function workflow_engine.find_choice_faults(jsonb, text) is
  'Every fault of the rules of a choice with its JSON pointer.';

-- Why a row cannot be written, or null: it is inserted and taken back. Of a part of its fields, what
-- several columns have to agree on cannot be asked.
create or replace function workflow_engine.try_insert(table_name regclass, fields jsonb, is_whole boolean)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_columns text := (select string_agg(quote_ident(k.name), ', ') from jsonb_object_keys(try_insert.fields) k (name));
  v_constraint text;
  v_key text;
begin
  begin
    execute format('insert into %s (%s) select %s from jsonb_populate_record(null::%s, $1)',
      try_insert.table_name, v_columns, v_columns, try_insert.table_name) using try_insert.fields;
    raise exception using errcode = 'WF000';
  exception
    when sqlstate 'WF000' then
      return null;
    when others then
      get stacked diagnostics v_constraint = constraint_name, v_key = pg_exception_detail;
      return case when try_insert.is_whole or v_key is distinct from 'definition.wait_invalid' and not exists (
        select from pg_catalog.pg_constraint c
        where c.conrelid = try_insert.table_name and c.conname = v_constraint and cardinality(c.conkey) > 1
      ) then sqlerrm end;
  end;
end;
$$;

comment on function workflow_engine.try_insert(regclass, jsonb, boolean) is
  'Why a row with these fields cannot be written, or null; nothing stays written.';

-- Every fault of one row of a document: unknown and missing keys, each field by itself beside the
-- minimum that a row needs, and, when all of them are well, the row as a whole.
create or replace function workflow_engine.find_row_faults(table_name regclass, fields jsonb, minimum jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
declare
  v_field record;
  v_fault text;
  v_is_well boolean := true;
begin
  for v_field in
    select e.key, e.value, workflow_engine.extend_pointer(find_row_faults.base, e.key) as pointer
    from jsonb_each(find_row_faults.fields) e
  loop
    if v_field.key in ('payload', 'headers') and jsonb_typeof(v_field.value) = 'object' then
      if find_row_faults.fields ->> 'action_type' = 'choice' and v_field.key = 'payload' then
        return query select f.* from workflow_engine.find_choice_faults(v_field.value, v_field.pointer) f;
      else
        return query
          select f.* from workflow_engine.find_template_faults(v_field.value, v_field.pointer) f
          union all
          select v_field.pointer || '/' || f.name, upper(left(f.fault, 1)) || substr(f.fault, 2)
          from workflow_engine.find_wait_faults(find_row_faults.fields ->> 'action_type', v_field.value) f
          where v_field.key = 'payload' and find_row_faults.fields ->> 'target_endpoint' is null;
      end if;
      v_is_well := v_is_well and not found;
    elsif exists (
      select from pg_catalog.pg_attribute a
      where a.attrelid = find_row_faults.table_name and a.attname = v_field.key and a.attnum > 0
        and a.attname not in ('id', 'organization_id', 'workflow_id', 'version', 'created_at', 'updated_at')
    ) then
      v_fault := workflow_engine.try_insert(
        find_row_faults.table_name, find_row_faults.minimum || jsonb_build_object(v_field.key, v_field.value), false
      );
      return query select v_field.pointer, f.fault from workflow_engine.place_fault(v_fault, '') f where v_fault is not null;
      v_is_well := v_is_well and v_fault is null;
    else
      return query select v_field.pointer, format('The key "%s" is not known', v_field.key);
      v_is_well := false;
    end if;
  end loop;
  return query
    select format('%s/%s', find_row_faults.base, k.name), format('The key "%s" is missing', k.name)
    from jsonb_object_keys(find_row_faults.minimum) k (name)
    where k.name in ('name', 'trigger', 'action_type') and not find_row_faults.fields ? k.name;
  if v_is_well and not found then
    v_fault := workflow_engine.try_insert(find_row_faults.table_name, find_row_faults.minimum || find_row_faults.fields, true);
    return query select f.* from workflow_engine.place_fault(v_fault, find_row_faults.base) f where v_fault is not null;
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

-- What is wrong with the graph that the actions of a document make in this workflow.
create or replace function workflow_engine.find_document_graph_faults(workflow_id uuid, actions jsonb)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.write_actions(find_document_graph_faults.workflow_id, find_document_graph_faults.actions);
  return query
    select coalesce('/actions/' || (a.number - 1), '') || '/' || f.field, upper(left(f.fault, 1)) || substr(f.fault, 2)
    from workflow_engine.find_graph_faults(find_document_graph_faults.workflow_id) f
    left join jsonb_array_elements(find_document_graph_faults.actions) with ordinality a (fields, number)
      on coalesce(a.fields ->> 'name', a.fields ->> 'action_type') = f.action;
end;
$$;

comment on function workflow_engine.find_document_graph_faults(uuid, jsonb) is
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
    if v_faults = '[]' then
      select coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
      from workflow_engine.find_document_graph_faults(v_workflow, v_actions) f;
    end if;
    raise exception using errcode = 'WF000';
  exception
    when sqlstate 'WF000' then
      return v_faults;
  end;
end;
$$;

comment on function workflow_engine.find_definition_faults(jsonb) is
  'Everything that is wrong with a definition document, as [{"pointer", "fault"}].';

-- What is allowed but probably not meant, as [{"pointer", "warning"}].
create or replace function workflow_engine.find_definition_warnings(definition jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'pointer', format('/actions/%s/payload', a.number - 1),
    'warning', 'A choice without an else: when no rule holds, none of its branches is taken'
  )), '[]')
  from jsonb_array_elements(
    case jsonb_typeof(find_definition_warnings.definition -> 'actions') when 'array' then find_definition_warnings.definition -> 'actions' else '[]' end
  ) with ordinality a (fields, number)
  where a.fields ->> 'action_type' = 'choice' and not a.fields -> 'payload' ? 'else';
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
