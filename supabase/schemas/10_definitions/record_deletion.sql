-- Who deleted a definition, and what the actions of its runs were: the runs outlive it, its versions do not. A run
-- that begins at this moment is not seen; it has the latest version.
create or replace function workflow_engine.record_deletion()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.workflow_history (organization_id, workflow_id, kind, detail)
  values (old.organization_id, old.id, 'definition_deleted', jsonb_build_object(
    'name', old.name, 'version', old.version, 'actions', coalesce((
      select jsonb_agg(
        jsonb_build_object(
          'workflow_action_id', a.workflow_action_id, 'version', a.version, 'name', a.name, 'action_type', a.action_type
        )
        order by a.version, a."order", a.name
      )
      from workflow_engine.action_version a
      where a.workflow_id = old.id and (a.version = old.version or exists (
        select from public.workflow_run r where r.workflow_id = a.workflow_id and r.workflow_version = a.version
      ))
    ), '[]')
  ));
  return old;
end;
$$;

comment on function workflow_engine.record_deletion() is
  'Security definer because whoever deletes a workflow may not write its history. Before a delete: records it, with the names that its runs need.';

create or replace trigger record_deletion
  before delete on public.workflow
  for each row execute function workflow_engine.record_deletion();
