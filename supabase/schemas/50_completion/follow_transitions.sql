-- After any update of action logs, whoever wrote it: the engine's own report, or an application that
-- writes the status itself. In this order: refuses what the state machine does not allow, records
-- failed attempts, moves fan-outs on by their items, and runs by their actions.
create or replace function workflow_engine.follow_transitions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refused record;
  v_runs uuid[];
  v_items workflow_engine.item_count[];
begin
  select o.id, o.status as from_status, n.status as to_status
  into v_refused
  from old_logs o
  join new_logs n on n.id = o.id
  where n.status <> o.status and not exists (
    select from workflow_engine.action_log_transition t
    where t.from_status = o.status and t.to_status = n.status
  )
  limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT409', 'action_log.transition_refused',
      format('Cannot set action log %s to %s: current value is %s', v_refused.id, v_refused.to_status, v_refused.from_status),
      'Look at workflow_engine.action_log_transition for what is allowed.'
    );
  end if;
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, kind, attempt, started_at, error, detail
  )
  select n.organization_id, n.workflow_id, n.run_id, n.id, 'attempt_failed', n.attempt, o.started_at, n.error,
    jsonb_strip_nulls(jsonb_build_object('worker_id', n.worker_id, 'http_status', n.http_status))
  from old_logs o
  join new_logs n on n.id = o.id
  where o.status in ('processing', 'waiting')
    and (n.status = 'failed' or (n.status = 'not_started' and n.tries > o.tries));
  select array_agg(row(e.run_id, e.workflow_action_id, e.finished, e.failed)::workflow_engine.item_count)
    filter (where e.is_item), array_agg(e.run_id) filter (where not e.is_item)
  into v_items, v_runs
  from (
    select n.run_id, n.workflow_action_id, n.item_index is not null as is_item,
      count(*) as finished, count(*) filter (where n.status = 'failed') as failed
    from old_logs o
    join new_logs n on n.id = o.id
    where workflow_engine.is_unfinished(o.status, o.final)
      and not workflow_engine.is_unfinished(n.status, n.final)
    group by n.run_id, n.workflow_action_id, n.item_index is not null
  ) e;
  if v_items is not null then
    perform workflow_engine.settle_items(v_items);
  end if;
  if v_runs is not null then
    perform workflow_engine.stop_items(v_runs);
    perform workflow_engine.advance_runs(v_runs);
  end if;
  return null;
end;
$$;

comment on function workflow_engine.follow_transitions() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. After action logs changed: refuses forbidden transitions, records failed attempts, moves runs on.';

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
