-- Each pair of statuses, tried on a real row by its owner: allowed if and only if it is listed.
begin;
select plan(42);

select test.create_workflow('w');
select test.start_run();

create function pg_temp.set_status(status text)
returns void
language sql
as $$
  update public.workflow_action_logs set
    status = set_status.status,
    attempt = 1,
    waits_for = 'callback',
    final = false,
    reason = case when set_status.status = 'skipped' then 'condition' end,
    lease_expires_at = case when set_status.status = 'processing' then clock_timestamp() end,
    completed_at = case when set_status.status in ('completed', 'failed', 'skipped', 'stopped') then clock_timestamp() end;
$$;

-- Brings the row to a status with its triggers off, then tries the transition with them on.
create function pg_temp.outcome(from_status text, to_status text)
returns text
language plpgsql
as $$
begin
  alter table public.workflow_action_logs disable trigger user;
  perform pg_temp.set_status(outcome.from_status);
  alter table public.workflow_action_logs enable trigger user;
  return coalesce(
    test.error_of(format('select pg_temp.set_status(%L)', outcome.to_status)) ->> 'code', 'allowed'
  );
end;
$$;

select is(
  pg_temp.outcome(f.status, t.status),
  case when exists (
    select from workflow_engine.action_log_transition a where a.from_status = f.status and a.to_status = t.status
  ) then 'allowed' else 'PT409' end,
  format('%s to %s', f.status, t.status)
)
from unnest(array['not_started', 'processing', 'waiting', 'completed', 'failed', 'skipped', 'stopped']) f (status)
cross join unnest(array['not_started', 'processing', 'waiting', 'completed', 'failed', 'skipped', 'stopped']) t (status)
where f.status <> t.status;

select * from finish();
rollback;
