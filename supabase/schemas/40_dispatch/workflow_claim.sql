-- The most urgent due action logs, locked. Lateral per priority on the pending index: it stops as soon
-- as it has enough, without a sort, and skips what another worker is taking.
create or replace function workflow_engine.lock_due(max_actions integer, at_time timestamptz)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  select coalesce(array_agg(d.id), '{}')
  into v_ids
  from (
    select l.id
    from generate_series(0, 9) p (priority)
    cross join lateral (
      select l.id
      from public.workflow_action_logs l
      where l.status = 'not_started' and not l.is_held
        and l.priority = p.priority::smallint
        and l.execute_at <= lock_due.at_time
      order by l.execute_at
      limit lock_due.max_actions
      for update skip locked
    ) l
    limit lock_due.max_actions
  ) d;
  return v_ids;
end;
$$;

comment on function workflow_engine.lock_due(integer, timestamptz) is
  'Locks the most urgent due action logs and returns their ids, the most urgent first.';

-- Whether a claim would find anything: the cheap look of a lingering worker.
create or replace function workflow_engine.has_work(at_time timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select exists (select from public.workflow_event e where e.expanded_at is null)
      or exists (
        select
        from generate_series(0, 9) p (priority)
        cross join lateral (
          select l.id
          from public.workflow_action_logs l
          where l.status = 'not_started' and not l.is_held
            and l.priority = p.priority::smallint
            and l.execute_at <= has_work.at_time
          order by l.execute_at
          limit 1
        ) l
      )
      or workflow_engine.has_answers(has_work.at_time, false)
  );
end;
$$;

comment on function workflow_engine.has_work(timestamptz) is
  'Whether an event waits to be matched, an answer to be given, or an action is due.';

-- When the next action or timeout is due, or null when none is planned. A past time means that it is due now.
create or replace function workflow_engine.next_due()
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select least(
      (
        select min(l.execute_at)
        from generate_series(0, 9) p (priority)
        cross join lateral (
          select l.execute_at
          from public.workflow_action_logs l
          where l.status = 'not_started' and not l.is_held
            and l.priority = p.priority::smallint and l.execute_at < 'infinity'
          order by l.execute_at
          limit 1
        ) l
      ),
      (
        select l.execute_at
        from public.workflow_action_logs l
        where l.status = 'waiting' and l.execute_at < 'infinity'
        order by l.execute_at
        limit 1
      )
    )
  );
end;
$$;

comment on function workflow_engine.next_due() is 'When the next action or timeout is due, or null.';

-- Milliseconds from now until a time of the engine's clock: 0 when it is past, null for null. A worker
-- is told this and not the time, because its own clock does not travel.
create or replace function workflow_engine.ms_until(at_time timestamptz)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_ms bigint := ceil(extract(epoch from ms_until.at_time - workflow_engine.clock()) * 1000);
begin
  return case when v_ms < 0 then 0 else v_ms end;
end;
$$;

comment on function workflow_engine.ms_until(timestamptz) is
  'Milliseconds until a time of the engine''s clock, 0 when it is past.';

-- Creates the items of fan-outs: all of them at once, each with its own item, of which the first
-- max_concurrency are due and the others wait for those (settle_items releases them). None for a
-- fan-out that what else was settled has stopped meanwhile.
create or replace function workflow_engine.insert_items(candidates workflow_engine.candidate[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  with parent as (
    select l.*, c.data as items, jsonb_array_length(c.data) as total, a.max_concurrency,
      greatest(a.tolerated_failure_count, floor(jsonb_array_length(c.data) * a.tolerated_failure_percentage / 100)) as tolerated
    from unnest(insert_items.candidates) c
    join public.workflow_action_logs l on l.id = c.id
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where c.verdict = 'fan_out' and c.data <> '[]' and l.status = 'waiting'
  ),
  opened as (
    insert into workflow_engine.fan_out (run_id, workflow_action_id, total, next_item, unfinished, tolerated)
    select p.run_id, p.workflow_action_id, p.total, least(p.total, p.max_concurrency), p.total, p.tolerated
    from parent p
  )
  insert into public.workflow_action_logs (
    organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table,
    related_table_pkey, item_index, item, execute_at
  )
  select
    p.organization_id, p.run_id, p.workflow_id, p.workflow_version, p.workflow_action_id, p.priority, p.related_table,
    p.related_table_pkey, i.number - 1, i.item,
    case when i.number <= p.max_concurrency then insert_items.at_time else 'infinity' end
  from parent p
  cross join lateral jsonb_array_elements(p.items) with ordinality i (item, number);
end;
$$;

comment on function workflow_engine.insert_items(workflow_engine.candidate[], timestamptz) is
  'Creates the action logs of the items of fan-outs.';

-- Counts anew what is left to do of locked fan-outs, none of whose items has failed for good any more. In a statement
-- of its own after the lock, so that it sees what whoever held it had counted.
create or replace function workflow_engine.recount_items(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update workflow_engine.fan_out f
  set failed = 0, unfinished = n.unfinished, next_item = n.next_item
  from (
    select p.run_id, p.workflow_action_id,
      count(*) filter (where workflow_engine.is_unfinished(i.status, i.final)) as unfinished,
      coalesce(min(i.item_index) filter (where workflow_engine.awaits_turn(i.status, i.execute_at)), count(*)) as next_item
    from public.workflow_action_logs p
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    where p.id = any (recount_items.log_ids)
    group by p.run_id, p.workflow_action_id
  ) n
  where f.run_id = n.run_id and f.workflow_action_id = n.workflow_action_id;
end;
$$;

comment on function workflow_engine.recount_items(uuid[]) is
  'Counts anew what is left to do of locked fan-outs.';

-- Locks a fan-out that is to be repeated, and the items that did not end well, unless somebody has one of them: a
-- stop or a late report, which may wait for what this claim holds. Says whether it did.
create or replace function workflow_engine.lock_repeated(run_id uuid, workflow_action_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_locked uuid[];
begin
  perform from workflow_engine.fan_out f
  where f.run_id = lock_repeated.run_id and f.workflow_action_id = lock_repeated.workflow_action_id
  for update skip locked;
  if not found then
    return false;
  end if;
  v_locked := array(
    select i.id
    from public.workflow_action_logs i
    where i.run_id = lock_repeated.run_id and i.workflow_action_id = lock_repeated.workflow_action_id
      and i.item_index is not null and i.status in ('failed', 'stopped')
    for update skip locked
  );
  return not exists (
    select
    from public.workflow_action_logs i
    left join unnest(v_locked) k (id) on k.id = i.id
    where i.run_id = lock_repeated.run_id and i.workflow_action_id = lock_repeated.workflow_action_id
      and i.item_index is not null and i.status in ('failed', 'stopped')
      and k.id is null
  );
end;
$$;

comment on function workflow_engine.lock_repeated(uuid, uuid) is
  'Locks a fan-out and its items that did not end well; says whether it could lock them all.';

-- Sends the items of repeated fan-outs that did not end well back, and lets the others go on. As many are due as
-- max_concurrency allows beside those. A fan-out whose items all ended well is put together anew.
create or replace function workflow_engine.repeat_items(candidates workflow_engine.candidate[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_fan_outs uuid[] := array(
    select l.id
    from unnest(repeat_items.candidates) c
    join public.workflow_action_logs l on l.id = c.id
    where c.verdict = 'fan_out' and c.data is null and l.status = 'waiting'
  );
  v_items uuid[];
  v_due_at timestamptz[];
begin
  if v_fan_outs = '{}' then
    return;
  end if;
  select array_agg(n.id), array_agg(case when n.number + n.going_on <= n.max_concurrency then repeat_items.at_time else 'infinity' end)
  into v_items, v_due_at
  from (
    select i.id, a.max_concurrency, e.is_over, row_number() over (partition by p.id, e.is_over order by i.item_index) as number,
      count(*) filter (where not e.is_over and not workflow_engine.awaits_turn(i.status, i.execute_at))
        over (partition by p.id) as going_on
    from unnest(v_fan_outs) t (id)
    join public.workflow_action_logs p on p.id = t.id
    join workflow_engine.action_version a
      on a.workflow_id = p.workflow_id and a.version = p.workflow_version
      and a.workflow_action_id = p.workflow_action_id
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    cross join lateral (select not workflow_engine.is_unfinished(i.status, i.final) as is_over) e
    where i.status not in ('completed', 'skipped')
  ) n
  where n.is_over;
  perform workflow_engine.reset_logs(v_items, v_due_at);
  perform workflow_engine.recount_items(v_fan_outs);
  perform workflow_engine.end_fan_outs(array(
    select f
    from public.workflow_action_logs p
    join workflow_engine.fan_out f on f.run_id = p.run_id and f.workflow_action_id = p.workflow_action_id
    where p.id = any (v_fan_outs) and f.unfinished = 0
  ), repeat_items.at_time);
end;
$$;

comment on function workflow_engine.repeat_items(workflow_engine.candidate[], timestamptz) is
  'Repeats the items of fan-outs that did not end well.';

-- Holds what is paused, so that no claim looks at it again until it is resumed. By those pauses alone that can
-- be locked: what a resume in flight takes away holds nothing, and nobody waits for it.
create or replace function workflow_engine.hold_candidates(candidates workflow_engine.candidate[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_held uuid[] := array(select c.id from unnest(hold_candidates.candidates) c where c.verdict = 'hold');
  v_runs uuid[] := array(
    select r.id
    from public.workflow_run r
    where r.status = 'paused' and r.id in (select l.run_id from public.workflow_action_logs l where l.id = any (v_held))
    for share skip locked
  );
  v_pauses uuid[] := array(select p.id from workflow_engine.pause p for share skip locked);
begin
  update public.workflow_action_logs l
  set is_held = true
  where l.id = any (v_held) and (
    l.run_id = any (v_runs)
    or exists (
      select from workflow_engine.pause p
      join workflow_engine.action_version a
        on a.workflow_id = l.workflow_id and a.version = l.workflow_version
        and a.workflow_action_id = l.workflow_action_id
      where p.id = any (v_pauses) and (p.workflow_id = l.workflow_id or p.action_type = a.action_type)
    )
  );
end;
$$;

comment on function workflow_engine.hold_candidates(workflow_engine.candidate[]) is
  'Holds the due action logs whose run, workflow or action type is paused.';

-- Postpones what would move a run on, or repeat an item, that somebody else holds just now, so that a claim waits for
-- nobody who holds one. The fan-outs of items that do not run are locked before: a report that ends one holds it, and
-- then takes the run.
create or replace function workflow_engine.postpone_locked(candidates workflow_engine.candidate[])
returns workflow_engine.candidate[]
language plpgsql
set search_path = ''
as $$
declare
  v_free uuid[];
begin
  perform workflow_engine.lock_fan_outs(array(
    select row(l.run_id, l.workflow_action_id, 0, 0, 0)::workflow_engine.item_count
    from unnest(postpone_locked.candidates) c
    cross join lateral (select * from public.workflow_action_logs l where l.id = c.id limit 1) l
    where c.verdict in ('skip', 'fail') and l.item_index is not null
  ));
  v_free := array(
    select l.id
    from unnest(postpone_locked.candidates) c
    cross join lateral (select * from public.workflow_action_logs l where l.id = c.id limit 1) l
    cross join lateral (select from public.workflow_run r where r.id = l.run_id for no key update skip locked) r
    where c.verdict in ('skip', 'fail', 'choose', 'fan_out')
      and (c.verdict <> 'fan_out' or c.data is not null or workflow_engine.lock_repeated(l.run_id, l.workflow_action_id))
  );
  return array(
    select case
      when c.verdict in ('skip', 'fail', 'choose', 'fan_out') and c.id <> all (v_free)
        then row(c.id, text 'postpone', null::text, null::jsonb)::workflow_engine.candidate
      else row(c.id, c.verdict, c.reason, c.data)::workflow_engine.candidate
    end
    from unnest(postpone_locked.candidates) with ordinality c (id, verdict, reason, data, number)
    order by c.number
  );
end;
$$;

comment on function workflow_engine.postpone_locked(workflow_engine.candidate[]) is
  'Postpones the due action logs that would move a run on, or repeat an item, that somebody else holds.';

-- Carries out every other verdict but "start" and "hold". A postponed log is looked at again after five seconds.
create or replace function workflow_engine.settle_candidates(candidates workflow_engine.candidate[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set
    status = v.status,
    final = v.status = 'failed',
    attempt = l.attempt + (c.verdict in ('choose', 'fan_out'))::integer,
    started_at = case when c.verdict in ('choose', 'fan_out') then settle_candidates.at_time else l.started_at end,
    completed_at = case when v.status not in ('not_started', 'waiting') then settle_candidates.at_time end,
    execute_at = case
      when c.verdict = 'postpone' then settle_candidates.at_time + interval '5 seconds'
      when c.verdict = 'wait' then workflow_engine.ask_again_at(l.id, settle_candidates.at_time)
      when v.status = 'waiting' then 'infinity'
      else l.execute_at
    end,
    waits_for = case when v.status = 'waiting' and c.verdict = 'fan_out' then 'items' else l.waits_for end,
    meta = case when c.verdict = 'skip' then l.meta || jsonb_build_object('condition', c.data) else l.meta end,
    output = case when v.status = 'completed' then c.data end,
    reason = case when v.status = 'skipped' then c.reason end,
    error = case when c.verdict in ('fail', 'wait') then c.reason else l.error end
  from unnest(settle_candidates.candidates) c
  cross join lateral (
    select case
      when c.verdict = 'skip' then 'skipped'
      when c.verdict = 'fail' then 'failed'
      when c.verdict = 'choose' or c.data = '[]' then 'completed'
      when c.verdict in ('fan_out', 'wait') then 'waiting'
      else 'not_started'
    end as status
  ) v
  where l.id = c.id and c.verdict not in ('start', 'hold');
  perform workflow_engine.insert_items(settle_candidates.candidates, settle_candidates.at_time);
  perform workflow_engine.repeat_items(settle_candidates.candidates, settle_candidates.at_time);
end;
$$;

comment on function workflow_engine.settle_candidates(workflow_engine.candidate[], timestamptz) is
  'Skips, fails, postpones, decides or fans out the due action logs that do not start, or lets them go on waiting.';

-- The key of a compiled action in a claim's answer.
create or replace function workflow_engine.action_key(workflow_action_id uuid, version integer)
returns text
language sql
immutable
return workflow_action_id::text || '@' || version::text;

comment on function workflow_engine.action_key(uuid, integer) is
  'The key under which a claim''s answer holds a compiled action.';

-- Begins an attempt of each candidate that what was settled before has not stopped: a higher attempt, a
-- lease that outlives the attempt. Stops at the batch's size in bytes, but gives at least one.
create or replace function workflow_engine.start_attempts(
  candidates workflow_engine.candidate[],
  worker_id text,
  at_time timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_batch jsonb;
begin
  with sized as (
    select c.id, c.data, c.ordinality,
      coalesce(sum(pg_column_size(c.data) + 500) over earlier, 0) as bytes_before
    from unnest(start_attempts.candidates) with ordinality c (id, verdict, reason, data, ordinality)
    where c.verdict = 'start'
    window earlier as (order by c.ordinality rows between unbounded preceding and 1 preceding)
  ),
  started as (
    update public.workflow_action_logs l
    set
      status = 'processing',
      attempt = l.attempt + 1,
      started_at = greatest(start_attempts.at_time, l.created_at),
      worker_id = start_attempts.worker_id,
      http_status = null,
      error = case when l.waits_for is distinct from 'approval' then l.error end,
      lease_expires_at = clock_timestamp() + make_interval(secs => a.timeout_seconds) + s.lease_grace
    from sized c, workflow_engine.action_version a, workflow_engine.settings s
    where s.id
      and l.id = c.id and l.status = 'not_started'
      and a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
      and c.bytes_before < s.batch_bytes
    returning l.*, c.ordinality, c.data, a.timeout_seconds
  )
  select jsonb_build_object(
    'actions', coalesce((
      select jsonb_object_agg(workflow_engine.action_key(a.workflow_action_id, a.version), jsonb_build_object(
        'workflow_action_id', a.workflow_action_id, 'name', a.name, 'action_type', a.action_type,
        'timeout_seconds', a.timeout_seconds, 'template', a.template, 'holes', a.holes,
        'app_url', case
          when a.template ->> 'target_endpoint' !~* '^https?:' then workflow_engine.read_secret('APP_URL')
        end
      ))
      from workflow_engine.action_version a
      where (a.workflow_id, a.version, a.workflow_action_id) in (
        select t.workflow_id, t.workflow_version, t.workflow_action_id from started t
      )
    ), '{}'),
    'claims', coalesce(to_jsonb(array_agg(
      jsonb_build_object(
        'id', t.id, 'action', workflow_engine.action_key(t.workflow_action_id, t.workflow_version),
        'attempt', t.attempt, 'run_id', t.run_id, 'workflow_id', t.workflow_id,
        'workflow_action_id', t.workflow_action_id, 'organization_id', t.organization_id,
        'values', t.data, 'meta', t.meta - 'condition', 'idempotency_key', t.id,
        'deadline', clock_timestamp() + make_interval(secs => t.timeout_seconds),
        'traceparent', format('00-%s-%s-01', replace(t.run_id::text, '-', ''), right(replace(t.id::text, '-', ''), 16))
      )
      order by t.ordinality
    )), '[]')
  )
  into v_batch
  from started t;
  return v_batch;
end;
$$;

comment on function workflow_engine.start_attempts(workflow_engine.candidate[], text, timestamptz) is
  'Begins attempts and returns them as {"actions", "claims"}.';

-- One look: matches new events, answers what waits, takes what is due, starts it. Lock order: logs by urgency with skip
-- locked, then (for what is skipped) fan-outs, then runs by id.
create or replace function workflow_engine.claim_batch(worker_id text, max_actions integer)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_candidates workflow_engine.candidate[];
begin
  perform workflow_engine.expand_events();
  perform workflow_engine.settle_waits(workflow_engine.clock());
  v_now := workflow_engine.clock();
  v_candidates := workflow_engine.decide_claims(workflow_engine.lock_due(claim_batch.max_actions, v_now), v_now);
  if exists (select from unnest(v_candidates) c where c.verdict = 'hold') then
    perform workflow_engine.hold_candidates(v_candidates);
  end if;
  if exists (select from unnest(v_candidates) c where c.verdict not in ('start', 'hold')) then
    v_candidates := workflow_engine.postpone_locked(v_candidates);
    perform workflow_engine.settle_candidates(v_candidates, v_now);
  end if;
  return workflow_engine.start_attempts(v_candidates, claim_batch.worker_id, v_now);
end;
$$;

comment on function workflow_engine.claim_batch(text, integer) is
  'Matches new events and starts what is due; returns {"actions", "claims"}.';

-- Looks until it finds work or wait_ms (at most 5 s) is over, so that a lingering worker starts work at
-- once without a call each time. Once it has written anything it waits no more, because that must be
-- committed; it only looks again, a few times, for what a skip or a choice made due. Not after two seconds:
-- definitions that are slow to match would add up to more than the Data API allows, which undoes it all.
create or replace function workflow_engine.claim_or_wait(worker_id text, max_actions integer, wait_ms integer)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + make_interval(secs => least(claim_or_wait.wait_ms, 5000) / 1000.0);
  v_looks integer := 0;
  v_look_until timestamptz;
  v_batch jsonb := jsonb '{"actions": {}, "claims": []}';
begin
  perform workflow_engine.mute_wake();
  if claim_or_wait.max_actions > 0 then
    loop
      if workflow_engine.has_work(workflow_engine.clock()) then
        v_look_until := coalesce(v_look_until, clock_timestamp() + interval '2 seconds');
        v_batch := workflow_engine.claim_batch(claim_or_wait.worker_id, claim_or_wait.max_actions);
        v_looks := v_looks + 1;
        exit when v_batch -> 'claims' <> '[]' or v_looks = 10 or clock_timestamp() >= v_look_until;
      else
        exit when v_looks > 0 or clock_timestamp() >= v_until;
        perform pg_sleep(0.005);
      end if;
    end loop;
  end if;
  return v_batch || jsonb_build_object('next_due_ms', workflow_engine.ms_until(workflow_engine.next_due()));
end;
$$;

comment on function workflow_engine.claim_or_wait(text, integer, integer) is
  'Claims work, waiting for it up to wait_ms; returns {"actions", "claims", "next_due_ms"}.';

create or replace function workflow_engine.check_limits(max_actions integer, wait_ms integer, smallest integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if (check_limits.max_actions between check_limits.smallest and 5000 and check_limits.wait_ms between 0 and 5000) is not true then
    perform workflow_engine.raise_error(
      'PT400', 'claim.limits_invalid',
      format('Cannot claim %s actions within %s ms: out of range', check_limits.max_actions, check_limits.wait_ms),
      format('max_actions is %s to 5000, wait_ms 0 to 5000.', check_limits.smallest)
    );
  end if;
end;
$$;

comment on function workflow_engine.check_limits(integer, integer, integer) is
  'Raises PT400 for limits of a claim that are out of range.';

-- What a worker asks for work with. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_claim(worker_id text, max_actions integer default 100, wait_ms integer default 0)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform workflow_engine.check_limits(workflow_claim.max_actions, workflow_claim.wait_ms, 1);
  return workflow_engine.claim_or_wait(workflow_claim.worker_id, workflow_claim.max_actions, workflow_claim.wait_ms);
end;
$$;

comment on function public.workflow_claim(text, integer, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Claims up to max_actions due actions for a worker, waiting up to wait_ms milliseconds for some; returns {"actions", "claims", "next_due_ms"}. Raises PT400 for limits out of range.';
