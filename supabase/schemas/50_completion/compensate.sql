-- Begins the next compensation of each of these failed runs: that of the action that completed last
-- and is not undone yet. Returns when the first of them is due.
create or replace function workflow_engine.insert_compensations(run_ids uuid[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_first_due timestamptz;
begin
  with next as (
    select r.*, u.workflow_action_id as compensation, u.priority, u.delay
    from public.workflow_run r
    cross join lateral (
      select c.workflow_action_id, c.priority, c.delay
      from workflow_engine.action_version a
      join workflow_engine.action_version c
        on c.workflow_id = a.workflow_id and c.version = a.version and c.workflow_action_id = a.compensate_with
      join public.workflow_action_logs l
        on l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      where a.workflow_id = r.workflow_id and a.version = r.workflow_version
        and l.status = 'completed'
        and not exists (
          select from public.workflow_action_logs d
          where d.run_id = r.id and d.workflow_action_id = c.workflow_action_id and d.item_index is null
        )
      order by l.completed_at desc, l.id desc
      limit 1
    ) u
    where r.id = any (insert_compensations.run_ids)
  ),
  marked as (
    update public.workflow_run r
    set is_compensating = true
    from next n
    where r.id = n.id and not r.is_compensating
  ),
  inserted as (
    insert into public.workflow_action_logs (
      organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table,
      related_table_pkey, execute_at
    )
    select n.organization_id, n.id, n.workflow_id, n.workflow_version, n.compensation, n.priority, n.related_table,
      n.related_table_pkey, insert_compensations.at_time + n.delay
    from next n
    returning execute_at
  )
  select min(i.execute_at) into v_first_due from inserted i;
  return v_first_due;
end;
$$;

comment on function workflow_engine.insert_compensations(uuid[], timestamptz) is
  'Begins the next compensation of failed runs; returns when the first is due.';
