-- Whether an action log still has something before it. No `set` clause, so that it is inlined.
create or replace function workflow_engine.is_unfinished(status text, final boolean)
returns boolean
language sql
immutable
return status in ('not_started', 'processing', 'waiting') or (status = 'failed' and not final);

comment on function workflow_engine.is_unfinished(text, boolean) is
  'Whether an action log in this state will change by itself.';

-- How far each of these runs has come: the order it has reached, and what ended badly.
-- In plpgsql, as most of what claims and reports run: it keeps its plan, where a function in SQL makes
-- it again in each call. `rows 1`, so that a plan made while the tables are small looks rows up by index,
-- and still does so when they have grown.
create or replace function workflow_engine.read_progress(run_ids uuid[])
returns table (
  run_id uuid, workflow_id uuid, version integer, reached integer,
  is_unfinished boolean, has_failed boolean, has_stopped boolean
)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select r.id, r.workflow_id, r.workflow_version, max(a."order"),
      coalesce(bool_or(workflow_engine.is_unfinished(l.status, l.final)), false),
      coalesce(bool_or(l.status = 'failed'), false),
      coalesce(bool_or(l.status = 'stopped'), false)
    from public.workflow_run r
    left join public.workflow_action_logs l on l.run_id = r.id
    left join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where r.id = any (read_progress.run_ids) and r.status = 'running'
    group by r.id;
end;
$$;

comment on function workflow_engine.read_progress(uuid[]) is
  'How far these running runs have come.';

-- Creates the action logs of each run's next order, or, where one has ended badly, of all that remain
-- as skipped. Returns when the first of them is due.
create or replace function workflow_engine.insert_next_logs(run_ids uuid[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_first_due timestamptz;
begin
  with inserted as (
    insert into public.workflow_action_logs (
      organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table, related_table_pkey,
      execute_at, status, completed_at, meta
    )
    select
      r.organization_id, r.id, r.workflow_id, r.workflow_version, a.workflow_action_id, a.priority, r.related_table, r.related_table_pkey,
      case when p.reached is null then r.starts_at else insert_next_logs.at_time end + a.delay,
      case when b.ended_badly then 'skipped' else 'not_started' end,
      case when b.ended_badly then insert_next_logs.at_time end,
      case when b.ended_badly then '{"skipped": "an earlier action did not complete"}'::jsonb else '{}' end
    from workflow_engine.read_progress(insert_next_logs.run_ids) p
    join public.workflow_run r on r.id = p.run_id
    cross join lateral (select p.has_failed or p.has_stopped as ended_badly) b
    join workflow_engine.action_version a
      on a.workflow_id = p.workflow_id and a.version = p.version
      and (p.reached is null or a."order" > p.reached)
      and (b.ended_badly or a."order" = (
        select min(n."order")
        from workflow_engine.action_version n
        where n.workflow_id = p.workflow_id and n.version = p.version
          and (p.reached is null or n."order" > p.reached)
      ))
    where not p.is_unfinished
    returning status, execute_at
  )
  select min(i.execute_at) into v_first_due from inserted i where i.status = 'not_started';
  return v_first_due;
end;
$$;

comment on function workflow_engine.insert_next_logs(uuid[], timestamptz) is
  'Creates the action logs that follow in these runs; returns when the first is due.';

-- Moves runs on: the next order of those that have nothing unfinished, the end of those that have
-- nothing left. Locks the runs by id, in an own statement: of two siblings that end at once, the
-- second one waits here and then sees the first.
create or replace function workflow_engine.advance_runs(run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_first_due timestamptz;
begin
  perform from public.workflow_run r
  where r.id = any (advance_runs.run_ids)
  order by r.id
  for update;
  v_first_due := workflow_engine.insert_next_logs(advance_runs.run_ids, v_now);
  update public.workflow_run r
  set
    status = case when p.has_failed then 'failed' when p.has_stopped then 'stopped' else 'completed' end,
    completed_at = v_now
  from workflow_engine.read_progress(advance_runs.run_ids) p
  where r.id = p.run_id and not p.is_unfinished;
  if v_first_due < v_now + interval '1 minute' then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.advance_runs(uuid[]) is
  'Moves runs on to their next actions or to their end.';
