-- Whether an event says what a wait asks for, within its organization and its time. No `set` clause and no sub-select,
-- so that it is inlined: to call it takes longer than an index saves.
create or replace function workflow_engine.fits(event workflow_engine.awaited_event, wait workflow_engine.event_wait)
returns boolean
language sql
immutable
return (event).name = (wait).name
  and (event).organization_id is not distinct from (wait).organization_id
  and (event).occurred_at between (wait).since and (wait).until
  and (event).payload @> (wait).match;

comment on function workflow_engine.fits(workflow_engine.awaited_event, workflow_engine.event_wait) is
  'Whether an event says what a wait asks for.';

-- Whether an event is none for a run any more: the run began with it, or it has answered one of its actions.
create or replace function workflow_engine.is_spent(event_id uuid, run_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(
    (select true from workflow_engine.event_wait t where t.run_id = is_spent.run_id and t.event_id = is_spent.event_id limit 1),
    (select true from public.workflow_run r where r.id = is_spent.run_id and r.event_id = is_spent.event_id limit 1),
    false
  );
end;
$$;

comment on function workflow_engine.is_spent(uuid, uuid) is
  'Whether an event began a run or has answered an action of it.';

-- A wait, and an event that could answer it.
create type workflow_engine.event_match as (
  action_log_id uuid,
  attempt integer,
  run_id uuid,
  event_id uuid,
  occurred_at timestamptz
);

comment on type workflow_engine.event_match is 'A wait, and an event that could answer it.';

-- Some waits that each of these events could answer: a signal those of its run, another event those that share
-- a key with it. No more of one event than a few looks can answer.
create or replace function workflow_engine.find_waits(event_ids uuid[])
returns setof workflow_engine.event_match
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
  return query
    select m.action_log_id, m.attempt, m.run_id, e.event_id, e.occurred_at
    from unnest(find_waits.event_ids) i (id)
    cross join lateral (select a as event, a.* from workflow_engine.awaited_event a where a.event_id = i.id limit 1) e
    cross join lateral (
      select w.action_log_id, w.attempt, w.run_id
      from (select * from workflow_engine.event_wait w where w.run_id = e.run_id offset 0) w
      where w.event_id is null
        and workflow_engine.fits(e.event, w::workflow_engine.event_wait)
        and not workflow_engine.is_spent(e.event_id, w.run_id)
      union all
      select k.action_log_id, k.attempt, k.run_id
      from (
        select w.*
        from (
          select workflow_engine.match_key(p.scope, p.path, e.payload #> p.path) as key
          from workflow_engine.match_path p
          where p.scope = e.scope and e.payload #> p.path is not null
          union all
          select e.scope
        ) k
        cross join lateral (
          select w.action_log_id, w.attempt, w.run_id
          from workflow_engine.event_wait w
          where e.run_id is null and w.name = e.name and w.match_key = k.key and w.event_id is null
            and workflow_engine.fits(e.event, w)
            and not workflow_engine.is_spent(e.event_id, w.run_id)
          offset 0
        ) w
        limit 1000
      ) k
    ) m;
end;
$$;

comment on function workflow_engine.find_waits(uuid[]) is
  'The waits that these events could answer, up to a thousand of each.';

-- The oldest events that could answer a wait, of so many that were first in its time, or of all. Here and below, the
-- innermost query compares and orders as one index does and no other, so that a plan that was made on an empty table
-- has nothing else to choose.
create or replace function workflow_engine.find_in_order(wait workflow_engine.event_wait, scope bigint, most integer)
returns setof workflow_engine.event_match
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select (find_in_order.wait).action_log_id, (find_in_order.wait).attempt, (find_in_order.wait).run_id, a.event_id, a.occurred_at
    from (
      select *
      from workflow_engine.awaited_event a
      where a.run_id is null
        and (a.scope, a.occurred_at) >= (find_in_order.scope, (find_in_order.wait).since)
        and (a.scope, a.occurred_at) <= (find_in_order.scope, (find_in_order.wait).until)
      order by a.scope, a.occurred_at
      limit find_in_order.most
    ) a
    where workflow_engine.fits(a::workflow_engine.awaited_event, find_in_order.wait)
      and not workflow_engine.is_spent(a.event_id, (find_in_order.wait).run_id)
    order by a.scope, a.occurred_at
    limit 10;
end;
$$;

comment on function workflow_engine.find_in_order(workflow_engine.event_wait, bigint, integer) is
  'The oldest events that could answer a wait, of so many.';

-- The oldest events that could answer a wait, by what they say. Of very many it takes the oldest of those that are
-- found first, which are about the first that were written; more than the run has spent, so that one is left.
create or replace function workflow_engine.find_by_payload(wait workflow_engine.event_wait, scope bigint)
returns setof workflow_engine.event_match
language plpgsql
stable
rows 10
set search_path = ''
as $$
declare
  v_spent bigint := 1 + (
    select count(*) from workflow_engine.event_wait t where t.run_id = (find_by_payload.wait).run_id and t.event_id is not null
  );
begin
  return query
    select (find_by_payload.wait).action_log_id, (find_by_payload.wait).attempt, (find_by_payload.wait).run_id,
      f.event_id, f.occurred_at
    from (
      select c.event_id, c.occurred_at
      from (
        select a.event_id, a.occurred_at
        from (
          select *
          from workflow_engine.awaited_event a
          where workflow_engine.scoped(a.scope, a.payload)
            @> workflow_engine.scoped(find_by_payload.scope, (find_by_payload.wait).match)
          offset 0
        ) a
        where a.run_id is null and workflow_engine.fits(a::workflow_engine.awaited_event, find_by_payload.wait)
        limit v_spent + 10000
      ) c
      order by c.occurred_at
      offset 0
    ) f
    where not workflow_engine.is_spent(f.event_id, (find_by_payload.wait).run_id)
    limit 10;
end;
$$;

comment on function workflow_engine.find_by_payload(workflow_engine.event_wait, bigint) is
  'The oldest events that could answer a wait, by what they say.';

-- The signals that could answer a wait.
create or replace function workflow_engine.find_signals(wait workflow_engine.event_wait)
returns setof workflow_engine.event_match
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select (find_signals.wait).action_log_id, (find_signals.wait).attempt, a.run_id, a.event_id, a.occurred_at
    from (select * from workflow_engine.awaited_event a where a.run_id = (find_signals.wait).run_id offset 0) a
    where workflow_engine.fits(a::workflow_engine.awaited_event, find_signals.wait)
      and not workflow_engine.is_spent(a.event_id, a.run_id)
    order by a.occurred_at
    limit 10;
end;
$$;

comment on function workflow_engine.find_signals(workflow_engine.event_wait) is
  'The oldest signals of its run that could answer a wait.';

-- Whether more than so many events were in the scope and the time of a wait.
create or replace function workflow_engine.has_more_events(wait workflow_engine.event_wait, scope bigint, most integer)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce((
    select true
    from workflow_engine.awaited_event a
    where a.run_id is null
      and (a.scope, a.occurred_at) >= (has_more_events.scope, (has_more_events.wait).since)
      and (a.scope, a.occurred_at) <= (has_more_events.scope, (has_more_events.wait).until)
    order by a.scope, a.occurred_at
    offset has_more_events.most
    limit 1
  ), false);
end;
$$;

comment on function workflow_engine.has_more_events(workflow_engine.event_wait, bigint, integer) is
  'Whether a wait has more events to look at than so many.';

-- The oldest events that could answer each of these waits. Most find theirs among the first of their time: where
-- that is short, or where every other event fits. Where it is long and none of 200 does, those are looked up
-- that do, or, for a match without a member to look up, all are read.
create or replace function workflow_engine.find_events(wait_ids uuid[])
returns setof workflow_engine.event_match
language plpgsql
stable
rows 100
set search_path = ''
as $$
declare
  v_wait workflow_engine.event_wait;
  v_scope bigint;
begin
  for v_wait in
    select w.*
    from unnest(find_events.wait_ids) i (id)
    cross join lateral (select * from workflow_engine.event_wait w where w.action_log_id = i.id limit 1) w
    where w.event_id is null
  loop
    v_scope := workflow_engine.event_scope(v_wait.organization_id, v_wait.name);
    return query select * from workflow_engine.find_signals(v_wait);
    return query select * from workflow_engine.find_in_order(v_wait, v_scope, 200);
    continue when found or not workflow_engine.has_more_events(v_wait, v_scope, 200);
    if v_wait.match_key = v_scope then
      return query select * from workflow_engine.find_in_order(v_wait, v_scope, null);
    else
      return query select * from workflow_engine.find_by_payload(v_wait, v_scope);
    end if;
  end loop;
end;
$$;

comment on function workflow_engine.find_events(uuid[]) is
  'The oldest events that could answer each of these waits.';

-- The answer that an event is; a payload that is larger than an output may be is left out.
create or replace function workflow_engine.event_answer(action_log_id uuid, attempt integer, event_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'id', event_answer.action_log_id, 'attempt', event_answer.attempt, 'status', 'completed'
    ) || jsonb_build_object('output', jsonb_build_object('timed_out', false, 'event',
      jsonb_build_object('id', e.event_id, 'name', e.name, 'occurred_at', e.occurred_at) || case
        when l.is_too_large then jsonb_build_object('payload', null, 'truncated', true)
        else jsonb_build_object('payload', e.payload)
      end
    ))
    from workflow_engine.awaited_event e
    join workflow_engine.settings s on s.id
    cross join lateral (select octet_length(e.payload::text) > s.output_bytes - 1000 as is_too_large) l
    where e.event_id = event_answer.event_id
  );
end;
$$;

comment on function workflow_engine.event_answer(uuid, integer, uuid) is
  'The result of an action log that an event answers.';

-- Lets each wait take its oldest event, and of the waits of a run that would take the same event the first.
-- Takes none whose log, wait or run somebody else holds. Gives the answers, and what got nothing now but may later: those events
-- and waits. A plan that was made while the tables were small must use the index, too, here and in
-- clear_marks(), forget_event_waits(), forget_waits() and register_approvals(): a small table is cheaper to read whole,
-- and then grows (docs/adr/0011).
create or replace function workflow_engine.take_matches(
  event_ids uuid[],
  wait_ids uuid[],
  out answers jsonb,
  out left_events uuid[],
  out left_waits uuid[]
)
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  with pair as materialized (
    select p.*
    from (
      select * from workflow_engine.find_waits(take_matches.event_ids)
      union
      select * from workflow_engine.find_events(take_matches.wait_ids)
    ) p
    cross join lateral (
      select l.status, l.attempt, l.waits_for from public.workflow_action_logs l where l.id = p.action_log_id limit 1
    ) l
    where l.status = 'waiting' and l.waits_for = 'event' and l.attempt = p.attempt
  ),
  first as (
    select distinct on (o.run_id, o.event_id) o.*
    from (select distinct on (p.action_log_id) p.* from pair p order by p.action_log_id, p.occurred_at, p.event_id) o
    order by o.run_id, o.event_id, o.action_log_id
    limit 500
  ),
  free as materialized (
    select f.action_log_id, f.event_id
    from first f
    cross join lateral (select * from public.workflow_action_logs l where l.id = f.action_log_id for update skip locked) l
    cross join lateral (
      select * from workflow_engine.event_wait w where w.action_log_id = f.action_log_id for update skip locked
    ) w
    cross join lateral (
      select workflow_engine.lock_owners(l.run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where l.status = 'waiting' and l.attempt = w.attempt and w.event_id is null and o.are_free
  ),
  taken as (
    update workflow_engine.event_wait w
    set event_id = f.event_id, is_new = false
    from free f
    where w.action_log_id = f.action_log_id
    returning w.action_log_id, w.attempt, w.event_id
  ),
  rest as (
    select p.* from pair p where not exists (select from taken t where t.action_log_id = p.action_log_id)
  )
  select
    (select to_jsonb(array_agg(workflow_engine.event_answer(t.action_log_id, t.attempt, t.event_id))) from taken t),
    array(select distinct r.event_id from rest r), array(select distinct r.action_log_id from rest r)
  into answers, left_events, left_waits;
end;
$$;

comment on function workflow_engine.take_matches(uuid[], uuid[]) is
  'Gives these events to those that wait, or these waits their events; returns the answers, and which got nothing but may later.';

-- Takes the marks of events and waits away that have been compared, but not those that this transaction set.
create or replace function workflow_engine.clear_marks(event_ids uuid[], wait_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  update workflow_engine.awaited_event e
  set is_new = false
  where e.event_id = any (clear_marks.event_ids) and e.marked_by <> pg_current_xact_id();
  update workflow_engine.event_wait w
  set is_new = false
  where w.action_log_id = any (clear_marks.wait_ids) and w.marked_by <> pg_current_xact_id();
end;
$$;

comment on function workflow_engine.clear_marks(uuid[], uuid[]) is
  'Takes the marks of events and waits away that have been compared with each other.';

-- Compares some events and waits, answers, and takes the marks of those away that have nothing left to find.
create or replace function workflow_engine.match_slice(event_ids uuid[], wait_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_match record;
begin
  select * into v_match from workflow_engine.take_matches(match_slice.event_ids, match_slice.wait_ids);
  perform workflow_engine.clear_marks(
    array(select unnest(match_slice.event_ids) except select unnest(v_match.left_events)),
    array(select unnest(match_slice.wait_ids) except select unnest(v_match.left_waits))
  );
  if v_match.answers is not null then
    perform workflow_engine.write_results(v_match.answers, match_slice.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.match_slice(uuid[], uuid[], timestamptz) is
  'Answers by some new events and some new waits.';

-- How much to compare next, after that much since then: twice as much where it took no time, half where it took long.
create or replace function workflow_engine.next_slice(size integer, begun_at timestamptz)
returns integer
language sql
volatile
return case when clock_timestamp() < begun_at + interval '100 ms' then size * 2 else greatest(size / 2, 1) end;

comment on function workflow_engine.next_slice(integer, timestamptz) is
  'The size of the slice that comes after one of this size, which was begun then.';

-- Compares new events with all that wait and new waits with all events. What may still find its other side,
-- because somebody holds that now, or because there is so much of it, stays new; so does what this transaction
-- made new. Slice by slice, and no further once a second has passed.
create or replace function workflow_engine.match_events(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1 second';
  v_begun_at timestamptz;
  v_size integer := 1;
  v_events uuid[];
  v_waits uuid[];
  v_seen uuid[] := array[]::uuid[];
begin
  loop
    v_begun_at := clock_timestamp();
    v_events := array(
      select event_id from workflow_engine.awaited_event
      where is_new and event_id <> all (v_seen)
      order by event_id
      limit v_size
      for update skip locked
    );
    v_waits := array(
      select action_log_id from workflow_engine.event_wait
      where is_new and action_log_id <> all (v_seen)
      order by action_log_id
      limit v_size
      for update skip locked
    );
    exit when v_events = array[]::uuid[] and v_waits = array[]::uuid[];
    perform workflow_engine.match_slice(v_events, v_waits, match_events.at_time);
    exit when clock_timestamp() >= v_until;
    v_seen := v_seen || v_events || v_waits;
    v_size := workflow_engine.next_slice(v_size, v_begun_at);
  end loop;
end;
$$;

comment on function workflow_engine.match_events(timestamptz) is
  'Answers those that wait with the events they wait for, for about a second at most.';

-- Keeps these events for those that wait, where a definition names them or an action has waited for one.
create or replace function workflow_engine.keep_awaited_events(event_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
as $$
begin
  insert into workflow_engine.awaited_event (event_id, organization_id, name, payload, occurred_at)
  select e.id, e.organization_id, e.name, e.payload, e.occurred_at
  from public.workflow_event e
  where e.id = any (keep_awaited_events.event_ids)
    and coalesce(
      (select true from workflow_engine.action_version a where a.awaits = e.name limit 1),
      (select true from workflow_engine.awaited_name n where n.name = e.name limit 1),
      false
    );
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.keep_awaited_events(uuid[]) is
  'Keeps the events that some definition or action waits for.';

-- Forgets awaited events that are too old to be looked back at, and signals when their run ended so long ago, too:
-- until then a retry finds them. Names when nobody waits for them any more: a name's date is renewed once a day, so
-- that two days are none too few.
create or replace function workflow_engine.forget_awaited_events(at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  delete from workflow_engine.awaited_event e
  where e.event_id in (
    select o.event_id
    from workflow_engine.awaited_event o
    where o.occurred_at < forget_awaited_events.at_time - (select s.look_back from workflow_engine.settings s)
      and not exists (
        select from public.workflow_run r
        where r.id = o.run_id and (
          r.completed_at is null
          or r.completed_at >= forget_awaited_events.at_time - (select s.look_back from workflow_engine.settings s)
        )
      )
    order by o.occurred_at
    limit 1000
    for update skip locked
  );
  delete from workflow_engine.awaited_name a
  where a.name in (
    select n.name
    from workflow_engine.awaited_name n
    where n.waited_at < forget_awaited_events.at_time - greatest((select s.look_back from workflow_engine.settings s), '2 days')
      and not exists (select from workflow_engine.event_wait w where w.name = n.name and w.event_id is null)
    limit 1000
    for update skip locked
  );
$$;

comment on function workflow_engine.forget_awaited_events(timestamptz) is
  'Forgets events that are too old to be looked back at, and names that nobody waits for.';
