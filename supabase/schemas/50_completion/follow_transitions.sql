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

-- Then records failed attempts, and moves fan-outs on by their items, and runs by their actions.
create or replace function workflow_engine.follow_transitions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_runs uuid[];
  v_items workflow_engine.item_count[];
  v_fan_outs uuid[];
  v_waits uuid[];
begin
  with changed as materialized (
    select n, o.status as from_status, o.tries as tries_before, o.started_at
    from old_logs o
    full join new_logs n on n.id = o.id
  )
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, kind, attempt, started_at, error, detail
  )
  select (c.n).organization_id, (c.n).workflow_id, (c.n).run_id, (c.n).id, 'attempt_failed', (c.n).attempt, c.started_at, (c.n).error,
    jsonb_strip_nulls(jsonb_build_object('worker_id', (c.n).worker_id, 'http_status', (c.n).http_status))
  from changed c
  where c.from_status in ('processing', 'waiting')
    and ((c.n).status = 'failed' or ((c.n).status = 'not_started' and (c.n).tries > c.tries_before));
  with changed as materialized (
    select n.id, n.run_id, n.workflow_action_id, n.status, n.waits_for, n.item_index is not null as is_item,
      workflow_engine.awaits_turn(o.status, o.execute_at) as awaited_turn,
      workflow_engine.is_unfinished(o.status, o.final) and not workflow_engine.is_unfinished(n.status, n.final) as has_ended
    from old_logs o
    full join new_logs n on n.id = o.id
  ),
  ended as (
    select c.run_id, c.workflow_action_id, c.is_item,
      count(*) as finished, count(*) filter (where c.status = 'failed') as failed,
      count(*) filter (where not c.awaited_turn) as freed,
      bool_or(c.waits_for = 'items') as is_fan_out,
      array_agg(c.id) filter (where c.waits_for in ('event', 'approval', 'run')) as waits
    from changed c
    where c.has_ended
    group by c.run_id, c.workflow_action_id, c.is_item
  )
  select
    array_agg(row(e.run_id, e.workflow_action_id, e.finished, e.failed, e.freed)::workflow_engine.item_count) filter (where e.is_item),
    array_agg(distinct e.run_id) filter (where not e.is_item),
    array_agg(distinct e.run_id) filter (where not e.is_item and e.is_fan_out),
    (select array_agg(w.id) from ended e cross join lateral unnest(e.waits) w (id))
  into v_items, v_runs, v_fan_outs, v_waits
  from ended e;
  if v_waits is not null then
    perform workflow_engine.drop_waits(v_waits);
  end if;
  if v_items is not null then
    perform workflow_engine.settle_items(v_items);
  end if;
  if v_fan_outs is not null then
    perform workflow_engine.stop_items(v_fan_outs);
  end if;
  if v_runs is not null then
    perform workflow_engine.advance_runs(v_runs);
  end if;
  return null;
end;
$$;

comment on function workflow_engine.follow_transitions() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. After action logs changed: records failed attempts, moves fan-outs and runs on.';

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
