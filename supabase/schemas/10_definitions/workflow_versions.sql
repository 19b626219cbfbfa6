-- A workflow's document as one of its versions has it; PT404 when it has none.
create or replace function workflow_engine.read_document(workflow_id uuid, version integer)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_document jsonb;
begin
  select v.document into v_document
  from public.workflow w
  join workflow_engine.workflow_version v on v.workflow_id = w.id
  where w.id = read_document.workflow_id and v.version = coalesce(read_document.version, w.version);
  if v_document is null then
    perform workflow_engine.raise_error(
      'PT404', 'workflow.version_unknown',
      format('Cannot find version %s of workflow %s', coalesce(read_document.version::text, '(current)'), read_document.workflow_id),
      'workflow_versions(id) lists the versions.'
    );
  end if;
  return v_document;
end;
$$;

comment on function workflow_engine.read_document(uuid, integer) is
  'The document of a workflow''s version, the current one by default; raises PT404 when there is none.';

-- The document that workflow_deploy() takes, of the current version or of another.
create or replace function public.workflow_export(workflow_id uuid, version integer default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return workflow_engine.read_document(workflow_export.workflow_id, workflow_export.version);
end;
$$;

comment on function public.workflow_export(uuid, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. The document of a workflow, of its current version by default, as workflow_deploy() takes it. Raises PT404.';

-- The versions of a workflow, the newest first.
create or replace function public.workflow_versions(workflow_id uuid)
returns table (version integer, saved_at timestamptz, saved_by text, is_current boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select v.version, v.saved_at, v.saved_by, v.version = w.version
  from workflow_engine.workflow_version v
  join public.workflow w on w.id = v.workflow_id
  where v.workflow_id = workflow_versions.workflow_id
  order by v.version desc;
$$;

comment on function public.workflow_versions(uuid) is
  'Security definer because the Data API''s roles may not reach workflow_engine. The versions of a workflow, the newest first.';

-- A document with its actions by name, so that two can be compared whatever order they stand in.
create or replace function workflow_engine.index_actions(document jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_set(index_actions.document, '{actions}', coalesce(jsonb_object_agg(a ->> 'name', a), '{}'))
  from jsonb_array_elements(index_actions.document -> 'actions') a;
$$;

comment on function workflow_engine.index_actions(jsonb) is
  'A definition document whose actions are an object by name.';

-- Where two JSON values differ: the innermost pointers, with both sides; null where one has nothing.
create or replace function workflow_engine.compare_json(from_value jsonb, to_value jsonb, base text)
returns table (pointer text, before jsonb, after jsonb)
language plpgsql
immutable
set search_path = ''
as $$
begin
  if jsonb_typeof(compare_json.from_value) = 'object' and jsonb_typeof(compare_json.to_value) = 'object' then
    return query
      select d.*
      from (
        select jsonb_object_keys(compare_json.from_value || compare_json.to_value) as name
      ) k
      cross join lateral workflow_engine.compare_json(
        compare_json.from_value -> k.name, compare_json.to_value -> k.name,
        workflow_engine.extend_pointer(compare_json.base, k.name)
      ) d
      order by 1;
  elsif compare_json.from_value is distinct from compare_json.to_value then
    return query select compare_json.base, compare_json.from_value, compare_json.to_value;
  end if;
end;
$$;

comment on function workflow_engine.compare_json(jsonb, jsonb, text) is
  'Where two JSON values differ, by JSON pointer.';

-- What changed from one version to another; actions are compared by name.
create or replace function public.workflow_compare(workflow_id uuid, from_version integer, to_version integer)
returns table (pointer text, before jsonb, after jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
    select d.*
    from workflow_engine.compare_json(
      workflow_engine.index_actions(workflow_engine.read_document(workflow_compare.workflow_id, workflow_compare.from_version)),
      workflow_engine.index_actions(workflow_engine.read_document(workflow_compare.workflow_id, workflow_compare.to_version)),
      ''
    ) d;
end;
$$;

comment on function public.workflow_compare(uuid, integer, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. What changed between two versions of a workflow, by JSON pointer (/actions/<name>/…). Raises PT404.';

-- Makes an earlier version current again, as a new version; returns what workflow_deploy() returns. Name
-- and organization say which workflow it is, and stay.
create or replace function public.workflow_restore(workflow_id uuid, version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  return public.workflow_deploy(workflow_engine.read_document(workflow_restore.workflow_id, workflow_restore.version) || (
    select jsonb_build_object('name', w.name, 'organization_id', w.organization_id)
    from public.workflow w
    where w.id = workflow_restore.workflow_id
  ));
end;
$$;

comment on function public.workflow_restore(uuid, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Makes an earlier version of a workflow current again, as a new version; returns what workflow_deploy() returns. Raises PT404.';
