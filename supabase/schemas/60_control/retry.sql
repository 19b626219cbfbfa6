-- The actions of ended runs that did not end well: failed for good without being tolerated, or stopped by a
-- person, with the time that one was planned for that had not begun. What only undoes another action is none of
-- them.
create or replace function workflow_engine.find_broken(run_ids uuid[])
returns table (id uuid, run_id uuid, planned_for timestamptz)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select l.id, l.run_id, case
      when l.attempt = 0 then case when isfinite(l.execute_at) then l.execute_at else workflow_engine.clock() + a.delay end
    end
    from public.workflow_action_logs l
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where l.run_id = any (find_broken.run_ids)
      and l.item_index is null
      and not a.is_compensation
      and workflow_engine.judge(l.status, true, l.reason, a.continue_on_failure) = 'broken';
end;
$$;

comment on function workflow_engine.find_broken(uuid[]) is
  'The actions of ended runs that a retry repeats.';

-- Sends action logs back to be claimed at these times, with all tries; one whose time is infinity awaits its turn.
create or replace function workflow_engine.reset_logs(log_ids uuid[], due_at timestamptz[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set status = 'not_started', execute_at = t.due_at, final = false, tries = 0, reason = null, completed_at = null,
    http_status = null, meta = l.meta - 'reminder'
  from unnest(reset_logs.log_ids, reset_logs.due_at) t (id, due_at)
  where l.id = t.id;
end;
$$;

comment on function workflow_engine.reset_logs(uuid[], timestamptz[]) is
  'Sends action logs back to be claimed at these times, with all tries.';

-- Has what follows these broken actions, near or far, and did not have a good end itself decided anew when they
-- have ended. A log of what had begun stays what it is: with the idempotency key of what was tried, the items that
-- completed, and the child.
create or replace function workflow_engine.unsettle_followers(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_followers uuid[] := array(
    with recursive follower (run_id, workflow_id, version, workflow_action_id, is_follower) as (
      select l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id, false
      from public.workflow_action_logs l
      where l.id = any (unsettle_followers.log_ids)
      union
      select f.run_id, f.workflow_id, f.version, a.workflow_action_id, true
      from follower f
      join workflow_engine.action_version a
        on a.workflow_id = f.workflow_id and a.version = f.version and f.workflow_action_id = any (a.depends_on)
    )
    select l.id
    from follower f
    join public.workflow_action_logs l
      on l.run_id = f.run_id and l.workflow_action_id = f.workflow_action_id and l.item_index is null
    where f.is_follower and (l.status in ('skipped', 'stopped') or l.id = any (unsettle_followers.log_ids))
  );
begin
  insert into public.workflow_history (organization_id, workflow_id, run_id, action_log_id, action, kind, recorded_at, reason)
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), 'action_skipped', l.completed_at, l.reason
  from public.workflow_action_logs l
  where l.id = any (v_followers) and l.status = 'skipped';
  delete from public.workflow_action_logs l
  where l.id = any (v_followers) and l.status = 'skipped' and l.attempt = 0;
  perform workflow_engine.reset_logs(v_followers, array_fill(timestamptz 'infinity', array[cardinality(v_followers)]));
end;
$$;

comment on function workflow_engine.unsettle_followers(uuid[]) is
  'Has what follows these broken actions and did not end well decided anew.';

-- Carries out what is decided of actions whose logs await their turn: they are repeated, or stopped where they do
-- not run this time. Returns when the first is due.
create or replace function workflow_engine.repeat_decided(decisions workflow_engine.decision[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_logs uuid[];
  v_due_at timestamptz[];
begin
  if not exists (select from unnest(repeat_decided.decisions) d where d.log_id is not null) then
    return null;
  end if;
  update public.workflow_action_logs l
  set status = 'stopped', reason = d.reason, completed_at = greatest(repeat_decided.at_time, l.started_at)
  from unnest(repeat_decided.decisions) d
  where l.id = d.log_id and d.reason <> 'start';
  select array_agg(l.id), array_agg(repeat_decided.at_time + a.delay) into v_logs, v_due_at
  from unnest(repeat_decided.decisions) d
  join public.workflow_action_logs l on l.id = d.log_id
  join workflow_engine.action_version a
    on a.workflow_id = l.workflow_id and a.version = l.workflow_version and a.workflow_action_id = l.workflow_action_id
  where d.reason = 'start';
  if v_logs is not null then
    perform workflow_engine.reset_logs(v_logs, v_due_at);
  end if;
  return (select min(t.due_at) from unnest(v_due_at) t (due_at));
end;
$$;

comment on function workflow_engine.repeat_decided(workflow_engine.decision[], timestamptz) is
  'Repeats or stops what is decided of actions whose logs await their turn; returns when the first is due.';

-- Ended runs that did not end well are running again. How they had ended is kept in the history, because they
-- themselves will say how they end at last. Not those that were undone, or whose workflow is gone. Returns them.
create or replace function workflow_engine.reopen_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[] := array(
    select r.id
    from public.workflow_run r
    join workflow_engine.workflow_version v on v.workflow_id = r.workflow_id and v.version = r.workflow_version
    where r.id = any (reopen_runs.run_ids) and r.status in ('failed', 'stopped') and not r.is_compensating
  );
begin
  insert into public.workflow_history (organization_id, workflow_id, run_id, kind, recorded_at)
  select r.organization_id, r.workflow_id, r.id, 'run_' || r.status, r.completed_at
  from public.workflow_run r
  where r.id = any (v_runs);
  update public.workflow_run r
  set status = 'running', completed_at = null
  where r.id = any (v_runs);
  return v_runs;
end;
$$;

comment on function workflow_engine.reopen_runs(uuid[]) is
  'Has failed and stopped runs run again; returns those that do.';

-- Lets ended runs go on in place from what failed or was stopped; outputs stay. Each run has a time before which
-- nothing of it is due, neither what is repeated nor what begins; what was planned for a later one keeps its own.
-- Fan-outs repeat their items when they are claimed: those are not locked here, because the report of an item locks
-- it before the log of its fan-out. Returns the runs.
create or replace function workflow_engine.retry_runs(run_ids uuid[], due_at timestamptz[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
  v_broken uuid[];
  v_due_at timestamptz[];
begin
  perform from public.workflow_action_logs l
  where l.run_id = any (retry_runs.run_ids) and l.item_index is null
  order by l.id
  for update;
  perform from public.workflow_run r where r.id = any (retry_runs.run_ids) order by r.id for update;
  v_runs := workflow_engine.reopen_runs(retry_runs.run_ids);
  delete from workflow_engine.unneeded_child u where u.run_id = any (v_runs);
  perform workflow_engine.unsettle_followers(array(select b.id from workflow_engine.find_broken(v_runs) b));
  select array_agg(b.id), array_agg(greatest(t.due_at, b.planned_for)) into v_broken, v_due_at
  from workflow_engine.find_broken(v_runs) b
  join unnest(retry_runs.run_ids, retry_runs.due_at) t (run_id, due_at) on t.run_id = b.run_id;
  perform workflow_engine.reset_logs(v_broken, v_due_at);
  perform workflow_engine.advance_runs(v_runs);
  update public.workflow_action_logs l
  set execute_at = t.due_at
  from unnest(retry_runs.run_ids, retry_runs.due_at) t (run_id, due_at)
  where l.run_id = t.run_id and l.run_id = any (v_runs) and l.item_index is null
    and l.status = 'not_started' and l.execute_at < t.due_at;
  perform workflow_engine.request_wake();
  return v_runs;
end;
$$;

comment on function workflow_engine.retry_runs(uuid[], timestamptz[]) is
  'Lets failed and stopped runs go on from what failed or was stopped; returns those that do.';
