-- A workflow whose runs are unfinished cannot be deleted: they need its versions.
create or replace function workflow_engine.keep_unfinished()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select from public.workflow_run r
    where r.workflow_id = old.id and r.completed_at is null
  ) then
    perform workflow_engine.raise_error(
      'PT409', 'workflow.has_unfinished_runs',
      format('Cannot delete workflow "%s": it has unfinished runs', old.name),
      'Set is_active to false, and delete it when its runs have ended.'
    );
  end if;
  return old;
end;
$$;

comment on function workflow_engine.keep_unfinished() is
  'Security definer because whoever deletes a workflow may not see all its runs. Before a delete: raises PT409 while runs are unfinished.';

create or replace trigger keep_unfinished
  before delete on public.workflow
  for each row execute function workflow_engine.keep_unfinished();
