-- The default of each column of a table, evaluated.
create or replace function workflow_engine.column_defaults(table_name regclass)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_defaults text;
  v_result jsonb;
begin
  select string_agg(format('%s as %I', pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attname), ', ')
  into v_defaults
  from pg_catalog.pg_attrdef d
  join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where d.adrelid = column_defaults.table_name;
  execute format('select to_jsonb(d) from (select %s) d', v_defaults) into v_result;
  return v_result;
end;
$$;

comment on function workflow_engine.column_defaults(regclass) is
  'The default of each column of a table as {column: value}.';

-- A row as a document: without nulls, without what is the column's default anyway, and without these keys.
create or replace function workflow_engine.to_document(fields jsonb, defaults jsonb, without text[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(f.key, f.value), '{}')
  from jsonb_each(to_document.fields - to_document.without) f
  where f.value <> 'null' and f.value is distinct from to_document.defaults -> f.key;
$$;

comment on function workflow_engine.to_document(jsonb, jsonb, text[]) is
  'A row as a document, without nulls and defaults.';

-- A definition as its author wrote it: what workflow_deploy() takes. Equal documents are the same
-- version. Whether it is active is a switch beside it, not part of it.
create or replace function workflow_engine.definition_document(workflow_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with action_defaults as materialized (
    select workflow_engine.column_defaults('public.workflow_action') as defaults
  )
  select workflow_engine.to_document(
    to_jsonb(w), workflow_engine.column_defaults('public.workflow'),
    array['id', 'version', 'is_active', 'created_at', 'updated_at']
  ) || jsonb_build_object('actions', coalesce((
    select jsonb_agg(
      workflow_engine.to_document(to_jsonb(a), d.defaults, array['id', 'workflow_id', 'organization_id', 'created_at', 'updated_at'])
      order by a."order", a.id
    )
    from public.workflow_action a
    cross join action_defaults d
    where a.workflow_id = w.id
  ), '[]'))
  from public.workflow w
  where w.id = definition_document.workflow_id;
$$;

comment on function workflow_engine.definition_document(uuid) is
  'A workflow with its actions as the document that workflow_deploy() takes.';

-- Compiles the current actions of a workflow into a version that exists already.
create or replace function workflow_engine.compile_actions(workflow_id uuid, version integer)
returns void
language sql
set search_path = ''
as $$
  insert into workflow_engine.action_version (
    workflow_id, version, workflow_action_id, "order", name, action_type, depends_on, join_count, run_if,
    continue_on_failure, is_compensation, compensate_with, choices, condition, condition_root, condition_reads_item, for_each,
    max_concurrency, tolerated_failure_count, tolerated_failure_percentage, delay, timeout_seconds, max_retries,
    backoff_base, backoff_factor, backoff_cap, priority, template, holes, paths, path_roots, takes_all, reads_event,
    reads_actions, is_costly, awaits
  )
  select
    a.workflow_id, compile_actions.version, a.id, a."order", a.name, a.action_type, g.depends_on, a.join_count, a.run_if,
    a.continue_on_failure, g.is_compensation, g.compensate_with, g.choices, a.condition::jsonpath,
    workflow_engine.path_root(a.condition::jsonpath), coalesce(workflow_engine.reads_part(a.condition::jsonpath, 'item'), false), a.for_each::jsonpath,
    a.max_concurrency, a.tolerated_failure_count, a.tolerated_failure_percentage, a.delay, a.timeout_seconds, a.max_retries,
    a.backoff_base, a.backoff_factor, a.backoff_cap, coalesce(a.priority, w.priority),
    c.compiled, h.holes, h.paths, h.path_roots, h.takes_all,
    array['event', 'mixed'] && (h.path_roots || workflow_engine.path_root(a.condition::jsonpath)),
    coalesce(p.reads_actions, false), coalesce(p.is_costly, false),
    case when a.action_type = 'wait_for_event' then a.payload ->> 'event' end
  from public.workflow_action a
  join public.workflow w on w.id = a.workflow_id
  join workflow_engine.resolve_graph(compile_actions.workflow_id) g on g.workflow_action_id = a.id
  cross join lateral workflow_engine.compile_template(
    case
      when a.action_type = 'choice' then '{}'
      else jsonb_build_object('payload', a.payload, 'target_endpoint', a.target_endpoint, 'headers', a.headers)
    end, '', '[]'
  ) c
  cross join lateral (
    select
      coalesce(jsonb_agg(e.hole - 'takes_all' order by e.ordinality), '[]') as holes,
      coalesce(array_agg((e.hole ->> 'path')::jsonpath order by e.ordinality), '{}') as paths,
      coalesce(array_agg(workflow_engine.path_root((e.hole ->> 'path')::jsonpath) order by e.ordinality), '{}') as path_roots,
      coalesce(array_agg((e.hole ->> 'takes_all')::boolean order by e.ordinality), '{}') as takes_all
    from jsonb_array_elements(c.holes) with ordinality e (hole, ordinality)
  ) h
  cross join lateral (
    select bool_or(workflow_engine.reads_part(e.path, 'actions')) as reads_actions, max(workflow_engine.count_wildcards(e.path)) > 1 as is_costly
    from unnest(h.paths || a.condition::jsonpath || a.for_each::jsonpath || array(
      select r.condition::jsonpath from workflow_engine.read_rules(a.payload) r where a.action_type = 'choice'
    )) e (path)
  ) p
  where a.workflow_id = compile_actions.workflow_id;
$$;

comment on function workflow_engine.compile_actions(uuid, integer) is
  'Compiles the actions of a workflow into action_version rows.';

-- Writes the version that new runs get, if the definition changed; workflow_deploy() calls it once, when
-- it has written everything. A version that this very transaction saved and that no run
-- has taken yet is replaced, so that a definition written in several statements is one version.
create or replace function workflow_engine.save_version(workflow_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_document jsonb;
  v_latest workflow_engine.workflow_version;
  v_version integer;
begin
  if current_setting('workflow_engine.deploying', true) = save_version.workflow_id::text then
    return;
  end if;
  v_document := workflow_engine.definition_document(save_version.workflow_id);
  select * into v_latest
  from workflow_engine.workflow_version v
  where v.workflow_id = save_version.workflow_id
  order by v.version desc
  limit 1;
  if v_document is null or v_document = v_latest.document then
    return;
  end if;
  perform workflow_engine.check_graph(save_version.workflow_id);
  v_version := coalesce(v_latest.version, 0) + 1;
  if v_latest.saved_in = pg_current_xact_id() and not exists (
    select from public.workflow_run r
    where r.workflow_id = v_latest.workflow_id and r.workflow_version = v_latest.version
  ) then
    v_version := v_latest.version;
    delete from workflow_engine.workflow_version v
    where v.workflow_id = v_latest.workflow_id and v.version = v_latest.version;
  end if;
  insert into workflow_engine.workflow_version (
    workflow_id, version, document, phase, "interval", relative_to, timezone, if_past,
    if_past_within, condition, condition_is_costly, vars, priority
  )
  select
    w.id, v_version, v_document, w.phase, make_interval(mins => w."interval"),
    w.relative_to::jsonpath, w.timezone,
    case when w.if_past <> 'auto' then w.if_past when w.phase = 'before' then 'skip' else 'run_now' end,
    make_interval(mins => w.if_past_within), w.condition::jsonpath,
    coalesce(workflow_engine.count_wildcards(w.condition::jsonpath) > 1, false), w.vars, w.priority
  from public.workflow w
  where w.id = save_version.workflow_id;
  perform workflow_engine.compile_actions(save_version.workflow_id, v_version);
  update public.workflow w
  set version = v_version
  where w.id = save_version.workflow_id and w.version <> v_version;
  insert into public.workflow_history (organization_id, workflow_id, kind, detail)
  select w.organization_id, w.id, 'definition_saved', jsonb_build_object('version', v_version)
  from public.workflow w
  where w.id = save_version.workflow_id;
end;
$$;

comment on function workflow_engine.save_version(uuid) is
  'Saves the current definition of a workflow as the version that new runs get, if it changed.';

-- After any statement that touched definitions, whoever wrote it. Security definer because the
-- writer of a definition may not reach workflow_engine.
create or replace function workflow_engine.save_changed_workflows()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.workflow_action a
  set organization_id = c.organization_id
  from changed c
  where a.workflow_id = c.id and a.organization_id is distinct from c.organization_id;
  perform workflow_engine.save_version(c.id) from (select distinct id from changed order by id) c;
  return null;
end;
$$;

comment on function workflow_engine.save_changed_workflows() is
  'Security definer because the writer of a definition may not reach workflow_engine. After workflows were written: takes their actions along into their organization and saves their versions.';

create or replace trigger save_inserted_workflows
  after insert on public.workflow
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_workflows();

create or replace trigger save_updated_workflows
  after update on public.workflow
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_workflows();

create or replace function workflow_engine.save_changed_actions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform workflow_engine.save_version(c.workflow_id)
  from (select distinct workflow_id from changed order by workflow_id) c;
  return null;
end;
$$;

comment on function workflow_engine.save_changed_actions() is
  'Security definer because the writer of a definition may not reach workflow_engine. After actions were written: saves their workflows'' versions.';

create or replace trigger save_inserted_actions
  after insert on public.workflow_action
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_actions();

create or replace trigger save_updated_actions
  after update on public.workflow_action
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_actions();

-- An action that moves to another workflow changes the one that it leaves, too.
create or replace trigger save_workflows_left_by_actions
  after update on public.workflow_action
  referencing old table as changed
  for each statement execute function workflow_engine.save_changed_actions();

create or replace trigger save_deleted_actions
  after delete on public.workflow_action
  referencing old table as changed
  for each statement execute function workflow_engine.save_changed_actions();
