-- A workflow whose runs are unfinished cannot be deleted: they need its versions, and so do the parents of
-- children that have ended, until they were told. A run that begins at this moment is not seen, for that would
-- take a lock of every event: it fails.
create or replace function workflow_engine.keep_unfinished()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select from public.workflow_run r
    where r.workflow_id = old.id and (r.completed_at is null or r.owes_answer)
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
