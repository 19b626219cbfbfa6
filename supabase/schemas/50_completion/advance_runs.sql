-- Whether an action log still has something before it. No `set` clause, so that it is inlined.
create or replace function workflow_engine.is_unfinished(status text, final boolean)
returns boolean
language sql
immutable
return status in ('not_started', 'processing', 'waiting') or (status = 'failed' and not final);

comment on function workflow_engine.is_unfinished(text, boolean) is
  'Whether an action log in this state will change by itself.';

-- Whether an action log awaits its turn, which no time brings: an item beyond max_concurrency, or an action that
-- a retry has decided anew. Says not_started as what it is not: its name would let Postgres read all that is
-- pending instead of a run's own by their index.
create or replace function workflow_engine.awaits_turn(status text, execute_at timestamptz)
returns boolean
language sql
immutable
return not isfinite(execute_at) and status not in ('processing', 'waiting', 'completed', 'failed', 'skipped', 'stopped');

comment on function workflow_engine.awaits_turn(text, timestamptz) is
  'Whether an action log awaits its turn: an item beyond max_concurrency, or an action to be decided anew.';

-- What an ended action means to those that follow it: passed (completed, not needed by its own
-- condition, or failed and tolerated), broken (failed, stopped by a person), or absent (it never had
-- its turn: its branch was not taken, or nobody needed it). Null while it is unfinished.
create or replace function workflow_engine.judge(status text, final boolean, reason text, continue_on_failure boolean)
returns text
language sql
immutable
return case
  when status = 'completed' or reason = 'condition' then 'passed'
  when status = 'failed' and final then case when continue_on_failure then 'passed' else 'broken' end
  when status = 'stopped' and reason is null then 'broken'
  when status in ('skipped', 'stopped') then 'absent'
end;

comment on function workflow_engine.judge(text, boolean, text, boolean) is
  'What an ended action means to those that follow it: passed, broken or absent; null while unfinished.';

-- Whether all that follows an action in a run has had its turn, without waiting for it: a join had
-- enough, or what led to one was itself unneeded.
create or replace function workflow_engine.is_unneeded(run_id uuid, action workflow_engine.action_version)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(bool_and(l.id is not null) and bool_or(b.join_count is not null or l.reason = 'not_needed'), false)
    from workflow_engine.action_version b
    left join public.workflow_action_logs l
      on l.run_id = is_unneeded.run_id and l.workflow_action_id = b.workflow_action_id and l.item_index is null
      and not workflow_engine.awaits_turn(l.status, l.execute_at)
    where b.workflow_id = (is_unneeded.action).workflow_id
      and b.version = (is_unneeded.action).version
      and (is_unneeded.action).workflow_action_id = any (b.depends_on)
  );
end;
$$;

comment on function workflow_engine.is_unneeded(uuid, workflow_engine.action_version) is
  'Whether nothing in the run waits for this action any more, because a join had enough without it.';

-- The actions of running runs that had no turn yet (no log, or one that a retry has decided anew), with what has
-- become of those they follow, and whether anybody still waits for them: when a join has enough, what only led to it is unneeded.
-- `rows 1` and the lateral look-ups with a limit, here and below, make a plan that was made while the
-- tables were small look rows up by their whole key, and still do so when they have grown.
create or replace function workflow_engine.read_pending(run_ids uuid[])
returns table (
  run_id uuid, workflow_action_id uuid, log_id uuid, run_if text, join_count integer, total bigint,
  ended bigint, passed bigint, broken bigint, failed bigint, is_passed_over boolean, is_unneeded boolean
)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select
      r.id, a.workflow_action_id, own.id, a.run_if, a.join_count,
      d.total, d.ended, d.passed, d.broken, d.failed, d.is_passed_over, u.is_unneeded
    from unnest(read_pending.run_ids) i (id)
    cross join lateral (select * from public.workflow_run r where r.id = i.id limit 1) r
    join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    left join lateral (
      select l.id, workflow_engine.awaits_turn(l.status, l.execute_at) as awaits_turn
      from public.workflow_action_logs l
      where l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      limit 1
    ) own on true
    cross join lateral (
      select
        count(*) as total,
        count(j.verdict) as ended,
        count(*) filter (where j.verdict = 'passed') as passed,
        count(*) filter (where j.verdict = 'broken') as broken,
        count(*) filter (where l.status = 'failed' and l.final) as failed,
        coalesce(bool_or(
          (l.status = 'skipped' or (l.status = 'completed' and not l.output -> 'chosen' ? a.name))
          and jsonb_path_exists(b.choices, '$[*].names[*] ? (@ == $name)', jsonb_build_object('name', a.name))
        ), false) as is_passed_over
      from unnest(a.depends_on) f (id)
      join workflow_engine.action_version b
        on b.workflow_id = a.workflow_id and b.version = a.version and b.workflow_action_id = f.id
      left join lateral (
        select l.status, l.final, l.reason, l.output
        from public.workflow_action_logs l
        where l.run_id = r.id and l.workflow_action_id = f.id and l.item_index is null
        limit 1
      ) l on true
      cross join lateral (
        select workflow_engine.judge(l.status, l.final, l.reason, b.continue_on_failure) as verdict
      ) j
    ) d
    cross join lateral (select workflow_engine.is_unneeded(r.id, a) as is_unneeded) u
    where r.status = 'running'
      and not r.is_compensating
      and not a.is_compensation
      and coalesce(own.awaits_turn, true);
end;
$$;

comment on function workflow_engine.read_pending(uuid[]) is
  'The actions of running runs that had no turn yet, with what has become of those they follow.';

-- What is decided of an action that had no turn yet: "start", or why it does not run. `log_id` is its log where a
-- retry has it decided anew; `is_join` says that the action may make others unneeded.
create type workflow_engine.decision as (
  run_id uuid,
  workflow_action_id uuid,
  log_id uuid,
  reason text,
  is_first boolean,
  is_join boolean
);

comment on type workflow_engine.decision is
  'What is decided of an action that had no turn yet: that it starts, or why it does not run.';

-- Decides which pending actions start, and which do not run, and why; leaves out those that must still wait.
create or replace function workflow_engine.decide_pending(run_ids uuid[])
returns setof workflow_engine.decision
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select p.run_id, p.workflow_action_id, p.log_id, v.reason, p.total = 0, p.join_count is not null
    from workflow_engine.read_pending(decide_pending.run_ids) p
    cross join lateral (
      select case
        when p.is_passed_over then 'choice'
        when p.is_unneeded then 'not_needed'
        when p.passed >= p.join_count then 'start'
        when p.ended < p.total then 'wait'
        when p.join_count is not null then 'dependency'
        when p.run_if = 'success' and (p.broken > 0 or (p.passed = 0 and p.total > 0)) then 'dependency'
        when p.run_if = 'failure' and p.failed = 0 then 'dependency'
        else 'start'
      end as reason
    ) v
    where v.reason <> 'wait';
end;
$$;

comment on function workflow_engine.decide_pending(uuid[]) is
  'Which pending actions of these runs start (reason "start") or do not run, with the reason.';

-- Creates the logs of what is decided for the first time. Returns when the first of those that start is due.
create or replace function workflow_engine.insert_decided(decisions workflow_engine.decision[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_first_due timestamptz;
begin
  with inserted as (
    insert into public.workflow_action_logs (
      organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table,
      related_table_pkey, execute_at, status, completed_at, reason
    )
    select
      r.organization_id, r.id, r.workflow_id, r.workflow_version, a.workflow_action_id,
      a.priority, r.related_table, r.related_table_pkey,
      case when d.is_first then r.starts_at else insert_decided.at_time end + a.delay,
      case d.reason when 'start' then 'not_started' else 'skipped' end,
      case when d.reason <> 'start' then insert_decided.at_time end,
      nullif(d.reason, 'start')
    from unnest(insert_decided.decisions) d
    cross join lateral (select * from public.workflow_run r where r.id = d.run_id limit 1) r
    join workflow_engine.action_version a
      on a.workflow_id = r.workflow_id and a.version = r.workflow_version
      and a.workflow_action_id = d.workflow_action_id
    where d.log_id is null
    returning execute_at, status
  )
  select min(i.execute_at) filter (where i.status = 'not_started') into v_first_due
  from inserted i;
  return v_first_due;
end;
$$;

comment on function workflow_engine.insert_decided(workflow_engine.decision[], timestamptz) is
  'Creates the action logs of what is decided for the first time; returns when the first is due.';

-- Stops what is still unfinished although a join had enough without it; what somebody is reporting just now
-- may come to its own end.
create or replace function workflow_engine.stop_unneeded(run_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_logs uuid[];
begin
  select array_agg(l.id)
  into v_logs
  from unnest(stop_unneeded.run_ids) i (id)
  cross join lateral (select * from public.workflow_run r where r.id = i.id limit 1) r
  join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
  cross join lateral (
    select l.id, l.status, l.final
    from public.workflow_action_logs l
    where l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
    limit 1
  ) l
  where r.status = 'running'
    and workflow_engine.is_unfinished(l.status, l.final)
    and workflow_engine.is_unneeded(r.id, a);
  if v_logs is not null then
    update public.workflow_action_logs l
    set status = 'stopped', reason = 'not_needed', lease_expires_at = null, is_held = false,
      completed_at = greatest(stop_unneeded.at_time, l.started_at)
    where l.id in (select u.id from public.workflow_action_logs u where u.id = any (v_logs) order by u.id for update skip locked);
  end if;
end;
$$;

comment on function workflow_engine.stop_unneeded(uuid[], timestamptz) is
  'Stops the unfinished actions that a join no longer needs.';

-- Where these running runs stand. One whose workflow was deleted while it began is an orphan.
create or replace function workflow_engine.read_progress(run_ids uuid[])
returns table (run_id uuid, is_unfinished boolean, has_failed boolean, has_stopped boolean, is_orphan boolean)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select r.id,
      coalesce(bool_or(workflow_engine.is_unfinished(l.status, l.final)), false),
      coalesce(bool_or(l.status = 'failed' and not a.continue_on_failure and not a.is_compensation), false),
      coalesce(bool_or(l.status = 'stopped' and l.reason is null and not a.is_compensation), false),
      bool_or(a.workflow_action_id is null and not exists (
        select from workflow_engine.workflow_version v where v.workflow_id = r.workflow_id and v.version = r.workflow_version
      ))
    from unnest(read_progress.run_ids) i (id)
    cross join lateral (select * from public.workflow_run r where r.id = i.id limit 1) r
    left join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    left join lateral (
      select l.status, l.final, l.reason
      from public.workflow_action_logs l
      where l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      limit 1
    ) l on true
    where r.status = 'running'
    group by r.id, r.workflow_id, r.workflow_version;
end;
$$;

comment on function workflow_engine.read_progress(uuid[]) is
  'Where these running runs stand.';

-- Ends runs. The parent of a child is told by the next claim, which somebody has to make.
create or replace function workflow_engine.end_runs(run_ids uuid[], status text, at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_owes_answer boolean;
begin
  if end_runs.run_ids <> '{}' then
    with ended as (
      update public.workflow_run r
      set status = end_runs.status, completed_at = end_runs.at_time,
        ended_in = case when r.owes_answer then pg_current_xact_id() end
      where r.id = any (end_runs.run_ids)
      returning r.owes_answer
    )
    select bool_or(e.owes_answer) into v_owes_answer from ended e;
    if v_owes_answer then
      perform workflow_engine.request_wake();
    end if;
  end if;
end;
$$;

comment on function workflow_engine.end_runs(uuid[], text, timestamptz) is 'Ends runs with this status.';

-- Ends what is left of runs whose workflow was deleted while they began, as failed.
create or replace function workflow_engine.end_orphans(run_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.end_runs(end_orphans.run_ids, 'failed', end_orphans.at_time);
  update public.workflow_action_logs l
  set status = 'stopped', lease_expires_at = null, is_held = false, final = false,
    completed_at = greatest(end_orphans.at_time, l.started_at)
  where l.run_id = any (end_orphans.run_ids) and workflow_engine.is_unfinished(l.status, l.final);
end;
$$;

comment on function workflow_engine.end_orphans(uuid[], timestamptz) is
  'Ends runs whose workflow was deleted while they began.';

-- Ends the runs that have nothing left, or, where one has failed, begins its next compensation: of what
-- completed, in reverse, one after another. Returns when the first compensation is due.
create or replace function workflow_engine.finish_runs(run_ids uuid[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_completed uuid[];
  v_stopped uuid[];
  v_failed uuid[];
  v_orphans uuid[];
  v_first_due timestamptz;
begin
  select
    array_agg(p.run_id) filter (where not p.has_failed and not p.has_stopped and not p.is_orphan),
    array_agg(p.run_id) filter (where not p.has_failed and p.has_stopped),
    array_agg(p.run_id) filter (where p.has_failed),
    array_agg(p.run_id) filter (where p.is_orphan)
  into v_completed, v_stopped, v_failed, v_orphans
  from workflow_engine.read_progress(finish_runs.run_ids) p
  where not p.is_unfinished;
  if v_failed is not null then
    v_first_due := workflow_engine.insert_compensations(v_failed, finish_runs.at_time);
    v_failed := array(select p.run_id from workflow_engine.read_progress(v_failed) p where not p.is_unfinished);
  end if;
  perform workflow_engine.end_runs(v_completed, 'completed', finish_runs.at_time);
  perform workflow_engine.end_runs(v_stopped, 'stopped', finish_runs.at_time);
  perform workflow_engine.end_runs(v_failed, 'failed', finish_runs.at_time);
  if v_orphans is not null then
    perform workflow_engine.end_orphans(v_orphans, finish_runs.at_time);
  end if;
  return v_first_due;
end;
$$;

comment on function workflow_engine.finish_runs(uuid[], timestamptz) is
  'Ends the runs that have nothing left, after their compensations; returns when the first of those is due.';

-- Moves runs on: whatever follows in those that have come further, and the end of those that have
-- nothing left. Locks the runs by id, in an own statement: of two siblings that end at once, the
-- second one waits here and then sees the first.
create or replace function workflow_engine.advance_runs(run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_decisions workflow_engine.decision[];
  v_first_due timestamptz;
begin
  perform from public.workflow_run r
  where r.id = any (advance_runs.run_ids)
  order by r.id
  for update;
  loop
    v_decisions := array(select d from workflow_engine.decide_pending(advance_runs.run_ids) d);
    exit when v_decisions = '{}';
    v_first_due := least(v_first_due, workflow_engine.insert_decided(v_decisions, v_now));
    v_first_due := least(v_first_due, workflow_engine.repeat_decided(v_decisions, v_now));
    exit when not exists (select from unnest(v_decisions) d where d.reason <> 'start' or d.is_join);
  end loop;
  perform workflow_engine.stop_unneeded(advance_runs.run_ids, v_now);
  v_first_due := least(v_first_due, workflow_engine.finish_runs(advance_runs.run_ids, v_now));
  if v_first_due < v_now + interval '1 minute' then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.advance_runs(uuid[]) is
  'Moves runs on to their next actions or to their end.';
