-- After any update of action logs, whoever wrote it (the engine's own report, or an application that
-- writes the status itself): refuses what the state machine does not allow. It fires first, because
-- Postgres fires database triggers by name. Each old row has its new one: the joins, here and below, are
-- full ones, and materialized to stay so, because those are hashed, where a plan made for a statement of
-- one row would compare each row with every other in a statement of thousands.
create or replace function workflow_engine.check_transitions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refused record;
begin
  with changed as materialized (
    select n.id, o.status as from_status, n.status as to_status
    from old_logs o
    full join new_logs n on n.id = o.id
  )
  select c.*
  into v_refused
  from changed c
  where c.to_status <> c.from_status and not exists (
    select from workflow_engine.action_log_transition t
    where t.from_status = c.from_status and t.to_status = c.to_status
  )
  limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT409', 'action_log.transition_refused',
      format('Cannot set action log %s to %s: current value is %s', v_refused.id, v_refused.to_status, v_refused.from_status),
      'Look at workflow_engine.action_log_transition for what is allowed.'
    );
  end if;
  return null;
end;
$$;

comment on function workflow_engine.check_transitions() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. After action logs changed: refuses forbidden transitions.';

create or replace trigger check_transitions
  after update on public.workflow_action_logs
  referencing old table as old_logs new table as new_logs
  for each statement execute function workflow_engine.check_transitions();

-- The kind of the row that a transition leaves in the history; null where the action log goes on telling of its
-- attempt. What fails before it has begun had no attempt.
create or replace function workflow_engine.history_kind(
  from_status text,
  to_status text,
  is_retry boolean,
  has_erred boolean,
  has_expired boolean
)
returns text
language sql
immutable
return case
  when from_status not in ('not_started', 'processing', 'waiting') or from_status = to_status then null
  when to_status = 'failed' then 'attempt_failed'
  when to_status = 'completed' then case when has_expired then 'expired' end
  when from_status = 'not_started' then null
  when to_status = 'stopped' then 'attempt_stopped'
  when to_status = 'waiting' then case when has_erred then 'attempt_failed' end
  when is_retry then 'attempt_failed'
  when from_status = 'waiting' then 'reminded'
  else 'attempt_released'
end;

comment on function workflow_engine.history_kind(text, text, boolean, boolean, boolean) is
  'The kind of the history''s row about a transition of an action log, or null.';

-- An attempt that has ended without completing its action, and how; without a number where an action failed
-- before it began one.
create type workflow_engine.ended_attempt as (
  action_log_id uuid,
  kind text,
  attempt integer,
  started_at timestamptz
);

comment on type workflow_engine.ended_attempt is
  'An attempt that has ended without completing its action, as the history records it.';

-- What the history says of an attempt beside its columns: who made it, what the other side answered, when the next
-- one is due, which reminder that is.
create or replace function workflow_engine.attempt_detail(kind text, log public.workflow_action_logs)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'worker_id', (attempt_detail.log).worker_id,
    'http_status', (attempt_detail.log).http_status,
    'retry_at', case
      when attempt_detail.kind = 'attempt_failed' and (attempt_detail.log).status = 'not_started' then (attempt_detail.log).execute_at
    end,
    'reminder', case when attempt_detail.kind = 'reminded' then (attempt_detail.log).meta -> 'reminder' end
  ));
$$;

comment on function workflow_engine.attempt_detail(text, public.workflow_action_logs) is
  'What the history says of an attempt beside its columns.';

-- Adds ended attempts to the history, at the time at which their action log says that it ended.
create or replace function workflow_engine.record_attempts(attempts workflow_engine.ended_attempt[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, started_at, recorded_at, error, detail
  )
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), l.item_index, e.kind, e.attempt,
    case when e.attempt is not null then e.started_at end, coalesce(l.completed_at, workflow_engine.clock()),
    case when e.kind = 'attempt_failed' then l.error end,
    case when e.attempt is null then '{}' else workflow_engine.attempt_detail(e.kind, l) end
  from unnest(record_attempts.attempts) e
  cross join lateral (select * from public.workflow_action_logs l where l.id = e.action_log_id limit 1) l;
end;
$$;

comment on function workflow_engine.record_attempts(workflow_engine.ended_attempt[]) is
  'Adds ended attempts to the history.';

-- Moves fan-outs on by these items of theirs, stops what is left of those that have ended, and moves runs on. Each may
-- be null.
create or replace function workflow_engine.move_on(counts workflow_engine.item_count[], fan_outs uuid[], run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if move_on.counts is not null and move_on.run_ids is not null then
    perform workflow_engine.lock_ended_runs(move_on.run_ids, move_on.counts);
  end if;
  if move_on.counts is not null then
    perform workflow_engine.settle_items(move_on.counts);
  end if;
  if move_on.fan_outs is not null then
    perform workflow_engine.stop_items(move_on.fan_outs);
  end if;
  if move_on.run_ids is not null then
    perform workflow_engine.advance_runs(move_on.run_ids);
  end if;
end;
$$;

comment on function workflow_engine.move_on(workflow_engine.item_count[], uuid[], uuid[]) is
  'Moves fan-outs and runs on by what has ended of them.';

-- Then records attempts that did not complete, and moves fan-outs on by their items, and runs by their actions. What
-- is left over of a fan-out that has ended is not counted: whoever ends it may hold the run by then, for which a report
-- that holds the fan-out waits. An item that goes on is counted as none, because its fan-out may have ended meanwhile.
create or replace function workflow_engine.follow_transitions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_attempts workflow_engine.ended_attempt[];
  v_runs uuid[];
  v_items workflow_engine.item_count[];
  v_fan_outs uuid[];
  v_waits uuid[];
begin
  with changed as materialized (
    select n.id, n.run_id, n.workflow_action_id, n.status, n.waits_for, n.item_index is not null as is_item,
      n.item_index is not null and n.reason is not distinct from 'not_needed' as is_left_over,
      workflow_engine.awaits_turn(o.status, o.execute_at) as awaited_turn,
      workflow_engine.is_unfinished(o.status, o.final) and not workflow_engine.is_unfinished(n.status, n.final) as has_ended,
      n.item_index is not null and n.status <> o.status and n.status <> 'processing'
        and workflow_engine.is_unfinished(o.status, o.final) and workflow_engine.is_unfinished(n.status, n.final) as goes_on,
      workflow_engine.history_kind(
        o.status, n.status, n.tries > o.tries, n.error <> coalesce(o.error, ''),
        n.waits_for = 'approval' and n.output ->> 'decision' = 'expired'
      ) as kind,
      case when o.status <> 'not_started' then n.attempt end as attempt, o.started_at
    from old_logs o
    full join new_logs n on n.id = o.id
  ),
  ended as (
    select c.run_id, c.workflow_action_id, c.is_item, c.is_left_over,
      count(*) filter (where c.has_ended) as finished,
      count(*) filter (where c.has_ended and c.status = 'failed') as failed,
      count(*) filter (where c.has_ended and not c.awaited_turn) as freed,
      array_agg(c.id) filter (where c.waits_for = 'items') as fan_outs,
      array_agg(c.id) filter (where c.has_ended and c.waits_for in ('event', 'approval', 'run')) as waits
    from changed c
    where c.has_ended or c.goes_on
    group by c.run_id, c.workflow_action_id, c.is_item, c.is_left_over
  )
  select
    array_agg(row(e.run_id, e.workflow_action_id, e.finished, e.failed, e.freed)::workflow_engine.item_count)
      filter (where e.is_item and not e.is_left_over),
    array_agg(distinct e.run_id) filter (where not e.is_item),
    (select array_agg(f.id) from ended e cross join lateral unnest(e.fan_outs) f (id)),
    (select array_agg(w.id) from ended e cross join lateral unnest(e.waits) w (id)),
    (select array_agg(row(c.id, c.kind, c.attempt, c.started_at)::workflow_engine.ended_attempt) from changed c where c.kind is not null)
  into v_items, v_runs, v_fan_outs, v_waits, v_attempts
  from ended e;
  if v_attempts is not null then
    perform workflow_engine.record_attempts(v_attempts);
  end if;
  if v_waits is not null then
    perform workflow_engine.drop_waits(v_waits);
  end if;
  perform workflow_engine.move_on(v_items, v_fan_outs, v_runs);
  return null;
end;
$$;

comment on function workflow_engine.follow_transitions() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. After action logs changed: records attempts that did not complete, moves fan-outs and runs on.';

create or replace trigger follow_transitions
  after update on public.workflow_action_logs
  referencing old table as old_logs new table as new_logs
  for each statement execute function workflow_engine.follow_transitions();

-- An application that writes status = 'completed' or 'failed', and nothing else, has reported the
-- current attempt: the rest of the row follows.
create or replace function workflow_engine.date_report()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  new.completed_at := greatest(workflow_engine.clock(), new.started_at);
  new.lease_expires_at := null;
  return new;
end;
$$;

comment on function workflow_engine.date_report() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. Before a status without a date is written: dates it and ends the lease.';

create or replace trigger date_report
  before update of status on public.workflow_action_logs
  for each row
  when (
    old.status in ('processing', 'waiting')
    and new.status in ('completed', 'failed')
    and new.completed_at is null
  )
  execute function workflow_engine.date_report();
