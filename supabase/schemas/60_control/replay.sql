-- What a run that repeats another from an action does again: that action, what did not end well or was undone,
-- what has no log, all that follow one of these, and what was not needed by one of them.
create or replace function workflow_engine.find_repeated(replay public.workflow_run, from_action text)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return array(
    with recursive repeated (id) as (
      select a.workflow_action_id
      from workflow_engine.action_version a
      left join public.workflow_action_logs l
        on l.run_id = (find_repeated.replay).replay_of and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      left join public.workflow_action_logs u
        on u.run_id = l.run_id and u.workflow_action_id = a.compensate_with and u.item_index is null
      where a.workflow_id = (find_repeated.replay).workflow_id and a.version = (find_repeated.replay).workflow_version
        and (
          a.name = find_repeated.from_action
          or (l.status = 'completed' or l.reason in ('condition', 'choice', 'not_needed')) is not true
          or u.status = 'completed'
        )
      union
      select a.workflow_action_id
      from repeated f
      join workflow_engine.action_version b
        on b.workflow_id = (find_repeated.replay).workflow_id and b.version = (find_repeated.replay).workflow_version
        and b.workflow_action_id = f.id
      join workflow_engine.action_version a on a.workflow_id = b.workflow_id and a.version = b.version
      left join public.workflow_action_logs l
        on l.run_id = (find_repeated.replay).replay_of and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      where f.id = any (a.depends_on) or (l.reason = 'not_needed' and a.workflow_action_id = any (b.depends_on))
    )
    select f.id from repeated f
  );
end;
$$;

comment on function workflow_engine.find_repeated(public.workflow_run, text) is
  'The actions that a run that repeats another from an action does again.';

-- Copies into a run that repeats another from an action what need not be done again.
create or replace function workflow_engine.copy_logs(replay public.workflow_run, from_action text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_repeated uuid[] := workflow_engine.find_repeated(copy_logs.replay, copy_logs.from_action);
begin
  insert into public.workflow_action_logs (
    organization_id, run_id, workflow_id, workflow_version, workflow_action_id, status, attempt, tries, priority, execute_at,
    started_at, completed_at, worker_id, related_table, related_table_pkey, meta, output, http_status, reason, waits_for
  )
  select l.organization_id, (copy_logs.replay).id, l.workflow_id, (copy_logs.replay).workflow_version, l.workflow_action_id,
    l.status, l.attempt, l.tries, l.priority, l.execute_at, l.started_at, l.completed_at, l.worker_id, l.related_table,
    l.related_table_pkey, l.meta, l.output, l.http_status, l.reason, l.waits_for
  from public.workflow_action_logs l
  join workflow_engine.action_version a
    on a.workflow_id = l.workflow_id and a.version = (copy_logs.replay).workflow_version
    and a.workflow_action_id = l.workflow_action_id
  where l.run_id = (copy_logs.replay).replay_of
    and l.item_index is null
    and not a.is_compensation
    and l.workflow_action_id <> all (v_repeated);
end;
$$;

comment on function workflow_engine.copy_logs(public.workflow_run, text) is
  'Copies what need not be done again into a run that repeats another from an action.';

-- Repeats ended runs as new ones: each on its version, or the latest one; whole, or from an action; with its
-- event's payload, or another. Each has a time at which it begins. Returns the new runs.
create or replace function workflow_engine.replay_runs(
  run_ids uuid[],
  due_at timestamptz[],
  from_action text,
  input jsonb,
  version text
)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
begin
  with replayed as materialized (
    select r.*, t.due_at, workflow_engine.new_id() as new_event_id, e.name, coalesce(replay_runs.input, e.payload) as payload,
      case when replay_runs.version = 'latest' then w.version else r.workflow_version end as new_version
    from unnest(replay_runs.run_ids, replay_runs.due_at) t (run_id, due_at)
    join public.workflow_run r on r.id = t.run_id
    join public.workflow_event e on e.id = r.event_id
    join public.workflow w on w.id = r.workflow_id
    where r.completed_at is not null
  ),
  event as (
    insert into public.workflow_event (
      id, organization_id, name, payload, source, related_table, related_table_pkey, expanded_at
    )
    select p.new_event_id, p.organization_id, p.name, p.payload, 'replay', p.related_table, p.related_table_pkey,
      workflow_engine.clock()
    from replayed p
  ),
  run as (
    insert into public.workflow_run (
      organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, starts_at, replay_of
    )
    select p.organization_id, p.workflow_id, p.new_version, p.new_event_id, p.related_table, p.related_table_pkey, p.due_at, p.id
    from replayed p
    returning id
  )
  select coalesce(array_agg(r.id), '{}') into v_runs from run r;
  if replay_runs.from_action is not null then
    perform workflow_engine.copy_logs(r, replay_runs.from_action)
    from public.workflow_run r
    where r.id = any (v_runs);
  end if;
  perform workflow_engine.advance_runs(v_runs);
  return v_runs;
end;
$$;

comment on function workflow_engine.replay_runs(uuid[], timestamptz[], text, jsonb, text) is
  'Repeats ended runs as new ones; returns those.';
