-- The actions of a run's version, and after how long of what each was to begin: those of a deleted workflow as
-- the history has kept them.
create or replace function workflow_engine.run_actions(run public.workflow_run)
returns table (workflow_action_id uuid, name text, action_type text, delay interval, is_first boolean)
language sql
stable
set search_path = ''
as $$
  select a.workflow_action_id, a.name, a.action_type, a.delay, a.depends_on = '{}' and not a.is_compensation
  from workflow_engine.action_version a
  where a.workflow_id = (run_actions.run).workflow_id and a.version = (run_actions.run).workflow_version
  union all
  select a.workflow_action_id, a.name, a.action_type, null, null
  from public.workflow_history h
  cross join lateral jsonb_to_recordset(h.detail -> 'actions') a (workflow_action_id uuid, version integer, name text, action_type text)
  where h.workflow_id = (run_actions.run).workflow_id and h.run_id is null and h.kind = 'definition_deleted'
    and a.version = (run_actions.run).workflow_version;
$$;

comment on function workflow_engine.run_actions(public.workflow_run) is
  'The actions of a run''s version, also after its workflow was deleted.';

-- The action logs of a run, each with its action's name, whether a replay copied it from the run that it repeats,
-- and when it was to begin: execute_at says so until it is used for something else, such as a retry or a timeout.
create or replace function workflow_engine.read_logs(run public.workflow_run)
returns table (log public.workflow_action_logs, name text, is_copy boolean, due_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select l, a.name, coalesce((read_logs.run).replay_of is not null and l.completed_at < (read_logs.run).created_at, false), case
    when l.tries = 0 and l.waits_for is null and (l.attempt = 0 or (l.attempt = 1 and l.status <> 'not_started'))
      then nullif(l.execute_at, 'infinity')
    when l.item_index is null then case when a.is_first then (read_logs.run).starts_at else l.created_at end + a.delay
  end
  from public.workflow_action_logs l
  left join workflow_engine.run_actions(read_logs.run) a on a.workflow_action_id = l.workflow_action_id
  where l.run_id = (read_logs.run).id;
$$;

comment on function workflow_engine.read_logs(public.workflow_run) is
  'The action logs of a run with the names of their actions.';

-- Everything that happened to the action logs of a run: each became ready, was executed, was passed over or
-- ended; what it waited for, and who was asked; what its children came to, each time.
create or replace function workflow_engine.log_entries(run public.workflow_run)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select (r.log).*, r.name, r.is_copy, r.due_at, jsonb_build_object('action_id', (r.log).id, 'item_index', (r.log).item_index) as which
    from workflow_engine.read_logs(log_entries.run) r
  )
  select l.created_at, 'action_copied', l.name, l.which || jsonb_build_object(
    'status', l.status, 'attempt', l.attempt, 'started_at', l.started_at, 'completed_at', l.completed_at, 'reason', l.reason
  )
  from told l
  where l.is_copy
  union all
  select l.created_at, 'action_ready', l.name, l.which || jsonb_build_object('execute_at', l.due_at)
  from told l
  where not l.is_copy and (l.status <> 'skipped' or l.attempt > 0)
  union all
  select l.started_at, 'attempt_started', l.name, l.which || jsonb_build_object('attempt', l.attempt, 'worker_id', l.worker_id)
  from told l
  where not l.is_copy and l.started_at is not null and l.attempt > 0
  union all
  select coalesce(l.completed_at, l.started_at), 'action_' || l.status, l.name, l.which || jsonb_build_object(
    'attempt', l.attempt, 'reason', l.reason, 'error', l.error, 'http_status', l.http_status, 'waits_for', l.waits_for,
    'until', case when l.status = 'waiting' then nullif(l.execute_at, 'infinity') end
  )
  from told l
  where not l.is_copy and (l.completed_at is not null or l.status = 'waiting')
  union all
  select p.requested_at, 'approval_requested', l.name, l.which
    || jsonb_build_object('approval_id', p.id, 'role', p.role, 'message', p.message, 'expires_at', p.expires_at)
  from told l
  join public.workflow_approval p on p.action_log_id = l.id
  union all
  select e.at, e.kind, l.name, l.which || jsonb_build_object('run_id', c.id)
  from told l
  join public.workflow_run c on c.parent_run_id = l.run_id and c.parent_action_log_id = l.id
  cross join lateral (
    values (c.created_at, 'child_started'), (c.completed_at, 'child_' || c.status)
    union all
    select h.recorded_at, replace(h.kind, 'run_', 'child_')
    from public.workflow_history h
    where h.run_id = c.id and h.kind in ('run_failed', 'run_stopped')
  ) e (at, kind)
  where e.at is not null;
$$;

comment on function workflow_engine.log_entries(public.workflow_run) is
  'What happened to the action logs of a run.';

-- The rows of the history about a run: its own; those about many runs at once, of which one that reached beyond
-- the caller's organization shows only that it was; and the pauses of its workflow, or of a type of its actions, that
-- held it or began while it went on.
create or replace function workflow_engine.read_history(run public.workflow_run)
returns table (history public.workflow_history, is_bulk boolean, is_open boolean)
language sql
stable
set search_path = ''
as $$
  select h, false, true from public.workflow_history h where h.run_id = (read_history.run).id
  union all
  select h, true, workflow_engine.is_trusted() or not workflow_engine.is_foreign(h.organization_id)
  from workflow_engine.history_run b
  join public.workflow_history h on h.id = b.history_id
  where b.run_id = (read_history.run).id
  union all
  select p.history, false, workflow_engine.is_trusted() or not workflow_engine.is_foreign((p.history).organization_id)
  from (
    select h as history, h.kind, h.recorded_at, lead(h.recorded_at, 1, 'infinity') over (
      partition by h.workflow_id, h.detail ->> 'action_type' order by h.recorded_at, h.id
    ) as until
    from public.workflow_history h
    where h.run_id is null and h.kind in ('paused', 'resumed') and (
      h.workflow_id = (read_history.run).workflow_id
      or h.detail ->> 'action_type' in (select a.action_type from workflow_engine.run_actions(read_history.run) a)
    )
  ) p
  where p.recorded_at <= coalesce((read_history.run).completed_at, 'infinity')
    and (p.recorded_at >= (read_history.run).created_at or (p.kind = 'paused' and p.until >= (read_history.run).created_at));
$$;

comment on function workflow_engine.read_history(public.workflow_run) is
  'The rows of the history about a run, and which of them its timeline may show whole.';

-- The two runs of a replay in bulk, of which this one is either.
create or replace function workflow_engine.find_replay(history_id uuid, run_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('run_id', n.replay_of, 'new_run_id', n.id)
  from public.workflow_run n
  join workflow_engine.history_run b on b.run_id = n.id and b.history_id = find_replay.history_id
  where n.replay_of is not null and (n.id = find_replay.run_id or n.replay_of = find_replay.run_id)
  limit 1;
$$;

comment on function workflow_engine.find_replay(uuid, uuid) is
  'The old and the new run of a replay in bulk.';

-- What the history tells of a run. An attempt that has ended had begun, and a question that was withdrawn had been
-- asked. What nobody did, but the engine by itself, has no actor.
create or replace function workflow_engine.history_entries(run public.workflow_run)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select (r.history).*, r.is_bulk, r.is_open,
      (r.history).kind ~ '^(attempt|run|action)_' or (r.history).kind in ('reminded', 'expired', 'throttled') as is_by_itself,
      jsonb_build_object('action_id', (r.history).action_log_id, 'item_index', (r.history).item_index) as which
    from workflow_engine.read_history(history_entries.run) r
  )
  select h.started_at, 'attempt_started', h.action, h.which || jsonb_build_object('attempt', h.attempt, 'worker_id', h.detail -> 'worker_id')
  from told h
  where h.started_at is not null and h.kind <> 'approval_requested'
  union all
  select h.started_at, h.kind, h.action, h.which || h.detail
  from told h
  where h.kind = 'approval_requested'
  union all
  select h.recorded_at, h.kind, h.action, h.which
    || case when h.is_open then h.detail || jsonb_build_object('reason', h.reason) else '{}' end
    || case when h.is_open and not h.is_by_itself then jsonb_build_object('actor', h.actor) else '{}' end
    || jsonb_build_object(
      'attempt', h.attempt, 'started_at', h.started_at, 'error', h.error, 'in_bulk', nullif(h.is_bulk, false),
      'action_type', h.detail -> 'action_type', 'workflow_id', case when h.run_id is null then h.workflow_id end
    )
    || case when h.is_bulk and h.kind = 'replayed' then workflow_engine.find_replay(h.id, (history_entries.run).id) else '{}' end
  from told h
  where h.kind <> 'approval_requested';
$$;

comment on function workflow_engine.history_entries(public.workflow_run) is
  'What the history tells of a run.';

-- What the run itself tells.
create or replace function workflow_engine.run_entries(run public.workflow_run)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  select (run_entries.run).created_at, 'run_created', null, jsonb_build_object(
    'event', e.name, 'event_id', e.id, 'starts_at', (run_entries.run).starts_at,
    'parent_run_id', (run_entries.run).parent_run_id, 'replay_of', (run_entries.run).replay_of
  )
  from public.workflow_event e
  where e.id = (run_entries.run).event_id
  union all
  select (run_entries.run).completed_at, 'run_' || (run_entries.run).status, null, jsonb '{}'
  where (run_entries.run).completed_at is not null;
$$;

comment on function workflow_engine.run_entries(public.workflow_run) is
  'What a run itself tells.';

-- Of what happened at one time, which comes first: what was done, then what it did, then what that ended.
create or replace function workflow_engine.rank_entry(kind text)
returns integer
language sql
immutable
return case
  when kind in ('run_completed', 'run_failed', 'run_stopped') then 7
  when kind in ('action_completed', 'action_failed', 'action_skipped', 'action_stopped') then 6
  when kind in (
    'attempt_failed', 'attempt_stopped', 'attempt_released', 'reminded', 'expired', 'child_completed', 'child_failed', 'child_stopped'
  ) then 5
  when kind in ('action_waiting', 'approval_requested', 'child_started') then 4
  when kind = 'attempt_started' then 3
  when kind in ('action_ready', 'action_copied') then 2
  when kind = 'run_created' then 1
  else 0
end;

comment on function workflow_engine.rank_entry(text) is
  'The place of an entry of a timeline among those of the same time.';

-- Everything that happened to a run, in order, in one call. The action log tells of the start of its last attempt,
-- and the history of those that did not complete: where both do, `union` leaves one. Security definer because the
-- Data API's roles may not reach workflow_engine; a signed-in user sees the runs of the organization that the token
-- names.
create or replace function public.workflow_timeline(run_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_run public.workflow_run := workflow_engine.get_run(workflow_timeline.run_id);
begin
  if workflow_engine.is_foreign(v_run.organization_id) then
    perform workflow_engine.refuse_unknown_run(v_run.id);
  end if;
  return jsonb_build_object('run', to_jsonb(v_run), 'entries', (
    select coalesce(to_jsonb(array_agg(
      jsonb_build_object('at', t.at, 'kind', t.kind) || jsonb_strip_nulls(jsonb_build_object('action', t.action) || t.detail)
      order by t.at, workflow_engine.rank_entry(t.kind), t.action, t.detail -> 'item_index', t.detail -> 'attempt'
    )), '[]')
    from (
      select * from workflow_engine.run_entries(v_run)
      union
      select * from workflow_engine.history_entries(v_run)
      union
      select * from workflow_engine.log_entries(v_run)
    ) t
  ));
end;
$$;

comment on function public.workflow_timeline(uuid) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Everything that happened to a run, in order: {"run", "entries": [{"at", "kind", "action", …}]}. Raises PT404 for an unknown run.';
