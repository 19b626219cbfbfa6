-- The tick: pg_cron's one job for the engine. It repairs everything that a crash, a lost wake-up or an
-- application can leave behind, and rings for what is due before it runs again.

create table workflow_engine.tick_state (
  id boolean not null default true,
  ran_at timestamptz,
  constraint tick_state_pkey primary key (id),
  constraint tick_state_has_one_row check (id)
);

insert into workflow_engine.tick_state default values;

comment on table workflow_engine.tick_state is 'When the tick last ran: exactly one row.';

-- How many actions are due, counted no further than `enough`.
create or replace function workflow_engine.count_due(at_time timestamptz, enough integer)
returns integer
language sql
stable
set search_path = ''
as $$
  select count(*)::integer
  from (
    select
    from generate_series(0, 9) p (priority)
    cross join lateral (
      select l.id
      from public.workflow_action_logs l
      where l.status = 'not_started' and not l.is_held
        and l.priority = p.priority::smallint
        and l.execute_at <= count_due.at_time
      order by l.execute_at
      limit count_due.enough
    ) l
    limit count_due.enough
  ) d;
$$;

comment on function workflow_engine.count_due(timestamptz, integer) is
  'How many actions are due, counted up to a limit.';

-- Rings for whatever is due before the next tick: once, or once more for each actions_per_worker due
-- actions up to max_workers. Returns the backlog as it counted it.
create or replace function workflow_engine.ring_for_due(at_time timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_settings workflow_engine.settings := (select s from workflow_engine.settings s);
  v_due integer := workflow_engine.count_due(
    ring_for_due.at_time, v_settings.actions_per_worker * v_settings.max_workers
  );
begin
  if v_due > 0
    or workflow_engine.next_due() < ring_for_due.at_time + interval '1 minute'
    or exists (select from public.workflow_event e where e.expanded_at is null)
  then
    perform workflow_engine.ring()
    from generate_series(1, greatest(1, least(v_settings.max_workers, v_due / v_settings.actions_per_worker)));
  end if;
  return v_due;
end;
$$;

comment on function workflow_engine.ring_for_due(timestamptz) is
  'Wakes as many workers as what is due before the next tick justifies; returns how much is due.';

-- Every minute when idle, every ten seconds under backlog, where pg_cron knows seconds (1.5 and later)
-- and lets us.
create or replace function workflow_engine.set_pace(backlog integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_schedule text := case when set_pace.backlog > 0 then '10 seconds' else '* * * * *' end;
begin
  perform cron.alter_job(job_id := j.jobid, schedule := v_schedule)
  from cron.job j
  where j.jobname = 'workflow-tick' and j.schedule <> v_schedule;
exception
  when others then
    raise debug 'workflow_engine.set_pace: %', sqlerrm;
end;
$$;

comment on function workflow_engine.set_pace(integer) is
  'Lets the tick run more often under backlog, where pg_cron can.';

-- pg_cron keeps a row of every run for ever. Removes the tick's own of more than a day ago.
create or replace function workflow_engine.trim_cron_history()
returns void
language sql
set search_path = ''
as $$
  delete from cron.job_run_details d
  using cron.job j
  where j.jobname = 'workflow-tick'
    and d.jobid = j.jobid
    and d.end_time < clock_timestamp() - interval '1 day';
$$;

comment on function workflow_engine.trim_cron_history() is
  'Removes old rows of the tick, and of nobody else, from cron.job_run_details.';

-- One step of the tick. Whatever it stumbles over is a warning in the database's log, and must not keep the
-- other steps from repairing the rest. `$1` in it is the time.
create or replace function workflow_engine.run_step(step text, at_time timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_result text;
begin
  execute 'select workflow_engine.' || run_step.step into v_result using run_step.at_time;
  return nullif(v_result, '')::integer;
exception
  when others then
    raise warning 'Cannot perform %: %', run_step.step, sqlerrm;
    return null;
end;
$$;

comment on function workflow_engine.run_step(text, timestamptz) is
  'Performs one step of the tick and returns its number, if it has one; warns when it fails.';

-- The tick. One at a time; every step takes a bounded batch and skips what is locked. Security definer
-- because service_role may run it by hand and may not reach workflow_engine.
create or replace function public.workflow_action_log_cron()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_events integer;
  v_due integer;
begin
  if not pg_try_advisory_xact_lock(hashtext('workflow_engine.tick')) then
    return jsonb_build_object('skipped', 'another tick is running');
  end if;
  perform workflow_engine.mute_wake();
  perform workflow_engine.run_step('attach_partitions()', v_now);
  v_events := workflow_engine.run_step('expand_events()', v_now);
  perform workflow_engine.run_step('recover_expired_leases($1)', v_now);
  perform workflow_engine.run_step('retry_failed($1)', v_now);
  perform workflow_engine.run_step('settle_waits($1)', workflow_engine.clock());
  perform workflow_engine.run_step('forget_awaited_events($1)', v_now);
  perform workflow_engine.run_step('release_leftovers()', v_now);
  v_due := workflow_engine.run_step('ring_for_due($1)', v_now);
  perform workflow_engine.set_pace(v_due);
  delete from workflow_engine.wake_request;
  if extract(minute from v_now) = 0 then
    perform workflow_engine.run_step('trim_cron_history()', v_now);
  end if;
  update workflow_engine.tick_state s set ran_at = clock_timestamp() where s.id;
  return jsonb_build_object('events', v_events, 'due', v_due);
end;
$$;

comment on function public.workflow_action_log_cron() is
  'Security definer because service_role may run it by hand and may not reach workflow_engine. The tick: matches events, recovers expired leases, retries, and wakes workers for what is due; returns {"events", "due"}.';

select cron.schedule('workflow-tick', '* * * * *', 'select public.workflow_action_log_cron()');
