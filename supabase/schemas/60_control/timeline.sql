-- Everything that happened to the action logs of a run: each became ready, was executed, was passed over or
-- ended; what it waited for, and who was asked.
create or replace function workflow_engine.log_entries(run_id uuid)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  with log as materialized (
    select l.*, a.name
    from public.workflow_action_logs l
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where l.run_id = log_entries.run_id
  )
  select l.created_at, 'action_ready', l.name, jsonb_build_object('action_id', l.id, 'item_index', l.item_index, 'execute_at', l.execute_at)
  from log l
  where l.status <> 'skipped'
  union all
  select l.started_at, 'attempt_started', l.name,
    jsonb_build_object('action_id', l.id, 'item_index', l.item_index, 'attempt', l.attempt, 'worker_id', l.worker_id)
  from log l
  where l.started_at is not null and l.attempt > 0
  union all
  select coalesce(l.completed_at, l.started_at), 'action_' || l.status, l.name, jsonb_build_object(
    'action_id', l.id, 'item_index', l.item_index, 'attempt', l.attempt, 'reason', l.reason, 'error', l.error,
    'http_status', l.http_status, 'waits_for', l.waits_for, 'until', case when l.status = 'waiting' then l.execute_at end
  )
  from log l
  where l.completed_at is not null or l.status = 'waiting'
  union all
  select p.requested_at, 'approval_requested', l.name,
    jsonb_build_object('action_id', l.id, 'approval_id', p.id, 'role', p.role, 'expires_at', p.expires_at)
  from log l
  join public.workflow_approval p on p.action_log_id = l.id
  union all
  select c.created_at, 'child_started', l.name, jsonb_build_object('action_id', l.id, 'run_id', c.id)
  from log l
  join public.workflow_run c on c.parent_run_id = l.run_id and c.parent_action_log_id = l.id
  union all
  select c.completed_at, 'child_' || c.status, l.name, jsonb_build_object('action_id', l.id, 'run_id', c.id)
  from log l
  join public.workflow_run c on c.parent_run_id = l.run_id and c.parent_action_log_id = l.id
  where c.completed_at is not null;
$$;

comment on function workflow_engine.log_entries(uuid) is
  'What happened to the action logs of a run.';

-- What the history and the run itself tell. Of an operation in bulk that reached beyond the caller's organization
-- only that it was.
create or replace function workflow_engine.run_entries(run_id uuid)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  with history as materialized (
    select h.*, false as is_bulk, true as is_open from public.workflow_history h where h.run_id = run_entries.run_id
    union all
    select h.*, true, workflow_engine.is_trusted() or not workflow_engine.is_foreign(h.organization_id)
    from workflow_engine.history_run b
    join public.workflow_history h on h.id = b.history_id
    where b.run_id = run_entries.run_id
  )
  select r.created_at, 'run_created', null, jsonb_build_object(
    'event', e.name, 'event_id', e.id, 'starts_at', r.starts_at, 'parent_run_id', r.parent_run_id, 'replay_of', r.replay_of
  )
  from public.workflow_run r
  join public.workflow_event e on e.id = r.event_id
  where r.id = run_entries.run_id
  union all
  select r.completed_at, 'run_' || r.status, null, jsonb '{}'
  from public.workflow_run r
  where r.id = run_entries.run_id and r.completed_at is not null
  union all
  select h.recorded_at, h.kind, a.name, case when h.is_open then h.detail else '{}' end || jsonb_build_object(
    'action_id', h.action_log_id, 'attempt', h.attempt, 'started_at', h.started_at,
    'actor', case when h.is_open then h.actor end, 'reason', case when h.is_open then h.reason end,
    'error', h.error, 'item_index', l.item_index, 'in_bulk', nullif(h.is_bulk, false)
  )
  from history h
  left join public.workflow_action_logs l on l.id = h.action_log_id
  left join workflow_engine.action_version a
    on a.workflow_id = l.workflow_id and a.version = l.workflow_version
    and a.workflow_action_id = l.workflow_action_id;
$$;

comment on function workflow_engine.run_entries(uuid) is
  'What the history and the run itself tell about a run.';

-- Everything that happened to a run, in order, in one call. Security definer because the Data API's roles may
-- not reach workflow_engine; a signed-in user sees the runs of the organization that the token names.
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
      order by t.at, t.step, t.action
    )), '[]')
    from (
      select e.*, case when e.kind = 'run_created' then 0 when e.kind like 'run\_%' then 2 else 1 end as step
      from (
        select * from workflow_engine.run_entries(v_run.id)
        union all
        select * from workflow_engine.log_entries(v_run.id)
      ) e
    ) t
  ));
end;
$$;

comment on function public.workflow_timeline(uuid) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Everything that happened to a run, in order: {"run", "entries": [{"at", "kind", "action", …}]}. Raises PT404 for an unknown run.';
