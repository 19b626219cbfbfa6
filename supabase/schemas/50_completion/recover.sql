-- Attempts whose lease ran out go back to be claimed again, at once; without tries left they fail.
create or replace function workflow_engine.recover_expired_leases(at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  with expired as materialized (
    select l.id, l.workflow_id, l.workflow_version, l.workflow_action_id
    from public.workflow_action_logs l
    where l.status = 'processing' and l.lease_expires_at < clock_timestamp()
    order by l.id
    limit 1000
    for update skip locked
  )
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' else 'failed' end,
    final = l.tries >= a.max_retries,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = recover_expired_leases.at_time,
    completed_at = case when l.tries >= a.max_retries then greatest(recover_expired_leases.at_time, l.started_at) end,
    lease_expires_at = null,
    error = format('The worker "%s" was lost: its lease ran out', l.worker_id)
  from expired x
  join workflow_engine.action_version a
    on a.workflow_id = x.workflow_id and a.version = x.workflow_version
    and a.workflow_action_id = x.workflow_action_id
  where l.id = x.id;
$$;

comment on function workflow_engine.recover_expired_leases(timestamptz) is
  'Gives back the action logs whose lease ran out.';

-- Failures that an application wrote itself are retried like any other, or become final.
create or replace function workflow_engine.retry_failed(at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  with failed as materialized (
    select l.id, l.workflow_id, l.workflow_version, l.workflow_action_id
    from public.workflow_action_logs l
    where l.status = 'failed' and not l.final
    order by l.id
    limit 1000
    for update skip locked
  )
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' else 'failed' end,
    final = l.tries >= a.max_retries,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = l.completed_at + workflow_engine.backoff(l.tries + 1, a.backoff_base, a.backoff_factor, a.backoff_cap),
    completed_at = case when l.tries >= a.max_retries then l.completed_at end
  from failed x
  join workflow_engine.action_version a
    on a.workflow_id = x.workflow_id and a.version = x.workflow_version
    and a.workflow_action_id = x.workflow_action_id
  where l.id = x.id;
$$;

comment on function workflow_engine.retry_failed(timestamptz) is
  'Retries failures that an application wrote, or makes them final when no tries are left.';
