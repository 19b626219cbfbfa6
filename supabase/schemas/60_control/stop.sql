-- These runs and all that they have started, whatever their status.
create or replace function workflow_engine.with_descendants(run_ids uuid[])
returns uuid[]
language sql
stable
set search_path = ''
as $$
  with recursive family (id) as (
    select unnest(with_descendants.run_ids)
    union
    select r.id
    from family f
    join public.workflow_run r on r.parent_run_id = f.id
  )
  select array(select f.id from family f order by f.id);
$$;

comment on function workflow_engine.with_descendants(uuid[]) is
  'These runs and their children, and those of their children.';

-- Whether an action log is unfinished and can be locked before its run: all but an action that a retry has decided
-- anew, which only whoever holds the run changes. No `set` clause, so that it is inlined.
create or replace function workflow_engine.is_stoppable(status text, final boolean, item_index integer, execute_at timestamptz)
returns boolean
language sql
immutable
return workflow_engine.is_unfinished(status, final) and (item_index is not null or not workflow_engine.awaits_turn(status, execute_at));

comment on function workflow_engine.is_stoppable(text, boolean, integer, timestamptz) is
  'Whether an action log is unfinished and is locked before its run.';

-- Locks the fan-outs of these runs, or of one action in them, and whatever is unfinished there, the logs of fan-outs
-- after their items, as a report does. Waits for nobody who has one of the items; says whether all could be locked.
create or replace function workflow_engine.lock_all_items(run_ids uuid[], workflow_action_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_locked uuid[];
begin
  perform from workflow_engine.fan_out f
  where f.run_id = any (lock_all_items.run_ids)
    and f.workflow_action_id = coalesce(lock_all_items.workflow_action_id, f.workflow_action_id)
  order by f.run_id, f.workflow_action_id
  for update;
  v_locked := array(
    select l.id
    from public.workflow_action_logs l
    where l.run_id = any (lock_all_items.run_ids)
      and l.workflow_action_id = coalesce(lock_all_items.workflow_action_id, l.workflow_action_id)
      and workflow_engine.is_stoppable(l.status, l.final, l.item_index, l.execute_at)
      and l.waits_for is distinct from 'items'
    for update skip locked
  );
  perform from public.workflow_action_logs l
  where l.run_id = any (lock_all_items.run_ids)
    and l.workflow_action_id = coalesce(lock_all_items.workflow_action_id, l.workflow_action_id)
    and workflow_engine.is_stoppable(l.status, l.final, l.item_index, l.execute_at)
    and l.waits_for = 'items'
  order by l.id
  for update;
  return not exists (
    select from public.workflow_action_logs l
    left join unnest(v_locked) k (id) on k.id = l.id
    where l.run_id = any (lock_all_items.run_ids)
      and l.workflow_action_id = coalesce(lock_all_items.workflow_action_id, l.workflow_action_id)
      and workflow_engine.is_stoppable(l.status, l.final, l.item_index, l.execute_at)
      and l.waits_for is distinct from 'items'
      and k.id is null
  );
end;
$$;

comment on function workflow_engine.lock_all_items(uuid[], uuid) is
  'Locks the fan-outs of runs and all that is unfinished there; says whether it could.';

-- Locks what is unfinished in these runs, or of one action in them, in the order of everybody: logs, the fan-outs of
-- which they are items, the items that await their turn. What was let run while this waited may be reported just now,
-- which takes the fan-out last: then all is given back, and it begins anew a moment later.
create or replace function workflow_engine.lock_unfinished(run_ids uuid[], workflow_action_id uuid default null)
returns void
language plpgsql
set search_path = ''
as $$
begin
  loop
    begin
      perform from public.workflow_action_logs l
      where l.run_id = any (lock_unfinished.run_ids)
        and l.workflow_action_id = coalesce(lock_unfinished.workflow_action_id, l.workflow_action_id)
        and workflow_engine.is_unfinished(l.status, l.final)
        and l.waits_for is distinct from 'items' and not workflow_engine.awaits_turn(l.status, l.execute_at)
      order by l.id
      for update;
      if workflow_engine.lock_all_items(lock_unfinished.run_ids, lock_unfinished.workflow_action_id) then
        return;
      end if;
      raise exception using errcode = 'object_in_use', message = 'An item is being reported';
    exception
      when object_in_use then
        perform pg_sleep(0.01);
    end;
  end loop;
end;
$$;

comment on function workflow_engine.lock_unfinished(uuid[], uuid) is
  'Locks the unfinished action logs of these runs.';

-- Stops what is unfinished in these runs. Locks logs, then runs, as everybody does; what a report inserts
-- meanwhile is there when the runs are locked. The time is that at which all are locked: nothing has ended later.
create or replace function workflow_engine.stop_together(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_stopped uuid[];
  v_owes_answer boolean;
begin
  perform workflow_engine.lock_unfinished(stop_together.run_ids);
  perform from public.workflow_run r where r.id = any (stop_together.run_ids) order by r.id for update;
  v_now := workflow_engine.clock();
  with stopped as (
    update public.workflow_run r
    set status = 'stopped', completed_at = greatest(v_now, r.created_at),
      ended_in = case when r.owes_answer then pg_current_xact_id() end
    where r.id = any (stop_together.run_ids) and r.status in ('running', 'paused')
    returning r.id, r.owes_answer
  )
  select coalesce(array_agg(s.id), '{}'), bool_or(s.owes_answer) into v_stopped, v_owes_answer from stopped s;
  update public.workflow_action_logs l
  set status = 'stopped', lease_expires_at = null, is_held = false, final = false,
    completed_at = greatest(v_now, l.started_at)
  where l.run_id = any (v_stopped) and workflow_engine.is_unfinished(l.status, l.final);
  if v_owes_answer then
    perform workflow_engine.request_wake();
  end if;
  return v_stopped;
end;
$$;

comment on function workflow_engine.stop_together(uuid[]) is
  'Stops the unfinished ones of these runs; returns them.';

-- Stops runs with their children, all locked together, and again whatever children were started meanwhile.
create or replace function workflow_engine.stop_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_stopped uuid[] := array[]::uuid[];
  v_done uuid[] := array[]::uuid[];
  v_family uuid[];
begin
  loop
    v_family := workflow_engine.with_descendants(stop_runs.run_ids);
    exit when cardinality(v_family) <= cardinality(v_done);
    v_stopped := v_stopped || workflow_engine.stop_together(v_family);
    v_done := v_family;
  end loop;
  return v_stopped;
end;
$$;

comment on function workflow_engine.stop_runs(uuid[]) is
  'Stops runs and their children; returns those that were unfinished.';

-- Stops the children that an action, or an item of it, has started and waits for, in the name of who stops it.
create or replace function workflow_engine.stop_children(log public.workflow_action_logs, reason text, actor text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.stop_and_record(array(
    select r.id
    from public.workflow_action_logs l
    join public.workflow_run r on r.parent_run_id = l.run_id and r.parent_action_log_id = l.id
    where l.run_id = (stop_children.log).run_id
      and l.workflow_action_id = (stop_children.log).workflow_action_id
      and (l.id = (stop_children.log).id or (stop_children.log).item_index is null)
      and workflow_engine.is_unfinished(l.status, l.final)
      and r.completed_at is null
  ), coalesce(stop_children.reason, 'The action that started it was stopped'), stop_children.actor);
end;
$$;

comment on function workflow_engine.stop_children(public.workflow_action_logs, text, text) is
  'Stops the children that an unfinished action and its items have started.';

-- Locks what a report that lets an action log run holds: the fan-out of an item that awaits its turn, the run of an
-- action that a retry has decided anew.
create or replace function workflow_engine.lock_awaited_turn(action_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from public.workflow_action_logs l
  join workflow_engine.fan_out f on f.run_id = l.run_id and f.workflow_action_id = l.workflow_action_id
  where l.id = lock_awaited_turn.action_id and l.item_index is not null and workflow_engine.awaits_turn(l.status, l.execute_at)
  for update of f;
  perform from public.workflow_action_logs l
  join public.workflow_run r on r.id = l.run_id
  where l.id = lock_awaited_turn.action_id and l.item_index is null and workflow_engine.awaits_turn(l.status, l.execute_at)
  for update of r;
end;
$$;

comment on function workflow_engine.lock_awaited_turn(uuid) is
  'Locks the fan-out or the run that gives an action log its turn.';

-- Stops one action of a run, which goes on as its graph says, and its children before it. Its items are locked
-- before it.
create or replace function workflow_engine.stop_action(action_id uuid, reason text, actor text)
returns public.workflow_action_logs
language plpgsql
set search_path = ''
as $$
declare
  v_log public.workflow_action_logs;
  v_now timestamptz;
begin
  perform workflow_engine.lock_unfinished(array[l.run_id], l.workflow_action_id)
  from public.workflow_action_logs l
  where l.id = stop_action.action_id and l.item_index is null;
  perform workflow_engine.lock_awaited_turn(stop_action.action_id);
  v_log := workflow_engine.lock_log(stop_action.action_id);
  if not workflow_engine.is_unfinished(v_log.status, v_log.final) then
    perform workflow_engine.raise_error(
      'PT409', 'action_log.wrong_status',
      format('Cannot stop action log %s: it is %s', v_log.id, v_log.status),
      'Only what has not ended can be stopped.'
    );
  end if;
  v_now := workflow_engine.clock();
  perform workflow_engine.stop_children(v_log, stop_action.reason, stop_action.actor);
  update public.workflow_action_logs l
  set status = 'stopped', lease_expires_at = null, is_held = false, final = false,
    completed_at = greatest(v_now, l.started_at)
  where l.id = v_log.id
  returning * into v_log;
  return v_log;
end;
$$;

comment on function workflow_engine.stop_action(uuid, text, text) is
  'Stops an action and what it has started; raises PT404 for an unknown one, PT409 for one that has ended.';
