-- Does something to all of these action logs at once, and where that fails, to each by itself: one that cannot
-- be written is a warning in the database's log, and the others do not wait for it. `repair` is a function of
-- action logs and the time.
create or replace function workflow_engine.repair_logs(repair text, log_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_repair text := format('select workflow_engine.%I($1, $2)', repair_logs.repair);
  v_log uuid;
begin
  execute v_repair using repair_logs.log_ids, repair_logs.at_time;
exception
  when others then
    foreach v_log in array repair_logs.log_ids loop
      begin
        execute v_repair using array[v_log], repair_logs.at_time;
      exception
        when others then
          raise warning 'Cannot % for action log %: %', repair_logs.repair, v_log, sqlerrm;
      end;
    end loop;
end;
$$;

comment on function workflow_engine.repair_logs(text, uuid[], timestamptz) is
  'Calls a function with these action logs, or, where that fails, with each by itself.';

-- An attempt whose lease ran out goes back to be claimed again, at once; without tries left it fails, or, where it
-- was a reminder, leaves the question open.
create or replace function workflow_engine.end_lost_attempts(log_ids uuid[], at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' when p.ask_again_at is not null then 'waiting' else 'failed' end,
    final = l.tries >= a.max_retries and p.ask_again_at is null,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = case when l.tries < a.max_retries then end_lost_attempts.at_time else coalesce(p.ask_again_at, l.execute_at) end,
    completed_at = case
      when l.tries >= a.max_retries and p.ask_again_at is null then greatest(end_lost_attempts.at_time, l.started_at)
    end,
    lease_expires_at = null,
    error = format('The worker "%s" was lost: its lease ran out', l.worker_id)
  from unnest(end_lost_attempts.log_ids) i (id)
  cross join lateral (
    select workflow_engine.ask_again_at(i.id, end_lost_attempts.at_time) as ask_again_at
  ) p
  cross join workflow_engine.action_version a
  where l.id = i.id
    and a.workflow_id = l.workflow_id and a.version = l.workflow_version
    and a.workflow_action_id = l.workflow_action_id;
$$;

comment on function workflow_engine.end_lost_attempts(uuid[], timestamptz) is
  'Gives these action logs back, or fails those without tries left.';

create or replace function workflow_engine.recover_expired_leases(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_expired uuid[] := array(
    select l.id
    from public.workflow_action_logs l
    where l.status = 'processing' and l.lease_expires_at < clock_timestamp()
    order by l.id
    limit 1000
    for update skip locked
  );
begin
  if v_expired <> '{}' then
    perform workflow_engine.repair_logs('end_lost_attempts', v_expired, recover_expired_leases.at_time);
  end if;
end;
$$;

comment on function workflow_engine.recover_expired_leases(timestamptz) is
  'Gives back the action logs whose lease ran out.';

-- A failure that an application wrote itself is retried like any other, or becomes final.
create or replace function workflow_engine.retry_written_failures(log_ids uuid[], at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' else 'failed' end,
    final = l.tries >= a.max_retries,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = l.completed_at + workflow_engine.backoff(l.tries + 1, a.backoff_base, a.backoff_factor, a.backoff_cap),
    completed_at = case when l.tries >= a.max_retries then l.completed_at end
  from workflow_engine.action_version a
  where l.id = any (retry_written_failures.log_ids)
    and a.workflow_id = l.workflow_id and a.version = l.workflow_version
    and a.workflow_action_id = l.workflow_action_id;
$$;

comment on function workflow_engine.retry_written_failures(uuid[], timestamptz) is
  'Retries these failures, or makes those final that have no tries left.';

-- What the attempt before waited for goes with it: the next may wait for something else.
create or replace function workflow_engine.retry_failed(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_failed uuid[] := array(
    select l.id
    from public.workflow_action_logs l
    where l.status = 'failed' and not l.final
    order by l.id
    limit 1000
    for update skip locked
  );
begin
  if v_failed <> '{}' then
    perform workflow_engine.forget_event_waits(v_failed);
    perform workflow_engine.repair_logs('retry_written_failures', v_failed, retry_failed.at_time);
  end if;
end;
$$;

comment on function workflow_engine.retry_failed(timestamptz) is
  'Retries failures that an application wrote, or makes them final when no tries are left.';
