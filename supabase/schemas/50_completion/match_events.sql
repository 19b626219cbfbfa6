-- Which of these waits could be answered by which of these events, either side given by its ids: the new
-- ones of both, each compared with all of the other side.
create or replace function workflow_engine.find_matches(event_ids uuid[], wait_ids uuid[])
returns table (action_log_id uuid, attempt integer, run_id uuid, event_id uuid, occurred_at timestamptz)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
  return query
    with pair (wait_id, event_id) as (
      select w.action_log_id, e.event_id
      from unnest(find_matches.event_ids) i (id)
      cross join lateral (select * from workflow_engine.awaited_event e where e.event_id = i.id limit 1) e
      cross join lateral (select k.key from workflow_engine.member_keys(e.payload) k (key) union all select 0) k
      cross join lateral (
        select *
        from workflow_engine.event_wait w
        where w.name = e.name and w.match_key = k.key and w.event_id is null
        offset 0
      ) w
      where (e.run_id is null or e.run_id = w.run_id) and e.payload @> w.match
      union
      select w.action_log_id, e.event_id
      from unnest(find_matches.wait_ids) i (id)
      cross join lateral (select * from workflow_engine.event_wait w where w.action_log_id = i.id limit 1) w
      cross join lateral (
        select a.event_id from workflow_engine.awaited_event a
        where a.run_id is null and a.name = w.name and a.occurred_at between w.since and w.until and a.payload @> w.match
        union all
        select a.event_id from workflow_engine.awaited_event a
        where a.run_id = w.run_id and a.name = w.name and a.payload @> w.match
      ) e
    )
    select w.action_log_id, w.attempt, w.run_id, e.event_id, e.occurred_at
    from pair p
    cross join lateral (select * from workflow_engine.event_wait w where w.action_log_id = p.wait_id limit 1) w
    cross join lateral (select * from workflow_engine.awaited_event e where e.event_id = p.event_id limit 1) e
    cross join lateral (select * from public.workflow_action_logs l where l.id = w.action_log_id limit 1) l
    cross join lateral (select * from public.workflow_run r where r.id = w.run_id limit 1) r
    where w.event_id is null and l.status = 'waiting' and l.attempt = w.attempt
      and e.organization_id is not distinct from w.organization_id
      and e.occurred_at between w.since and w.until
      and e.event_id <> r.event_id
      and not exists (select from workflow_engine.event_wait t where t.run_id = w.run_id and t.event_id = e.event_id);
end;
$$;

comment on function workflow_engine.find_matches(uuid[], uuid[]) is
  'The pairs of an event and an action log that waits for it, for these events and these waits.';

-- The answer that an event is.
create or replace function workflow_engine.event_answer(action_log_id uuid, attempt integer, event_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', event_answer.action_log_id, 'attempt', event_answer.attempt, 'status', 'completed',
    'output', jsonb_build_object('timed_out', false, 'event', jsonb_build_object(
      'id', e.event_id, 'name', e.name, 'payload', e.payload, 'occurred_at', e.occurred_at
    ))
  )
  from workflow_engine.awaited_event e
  where e.event_id = event_answer.event_id;
$$;

comment on function workflow_engine.event_answer(uuid, integer, uuid) is
  'The result of an action log that an event answers.';

-- Lets each wait take its oldest event, and of the waits of a run that would take the same event the first.
-- Takes none that somebody else holds. Gives the answers, and what got nothing now but may later: those events
-- and waits. A plan that was made while the tables were small must use the index, too, here and in
-- clear_marks(), forget_waits() and register_approvals(): a small table is cheaper to read whole, and then grows
-- (docs/adr/0011).
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
    select * from workflow_engine.find_matches(take_matches.event_ids, take_matches.wait_ids)
  ),
  first as (
    select distinct on (o.run_id, o.event_id) o.*
    from (select distinct on (p.action_log_id) p.* from pair p order by p.action_log_id, p.occurred_at, p.event_id) o
    order by o.run_id, o.event_id, o.action_log_id
  ),
  free as materialized (
    select f.action_log_id, f.event_id
    from first f
    cross join lateral (select * from public.workflow_action_logs l where l.id = f.action_log_id for update skip locked) l
    cross join lateral (
      select * from workflow_engine.event_wait w where w.action_log_id = f.action_log_id for update skip locked
    ) w
    where l.status = 'waiting' and l.attempt = w.attempt and w.event_id is null
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

-- Compares new events with all that wait and new waits with all events, and answers. What may still find
-- its other side, because somebody holds that now, stays new; so does what this transaction made new.
create or replace function workflow_engine.match_events(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_events uuid[];
  v_waits uuid[];
  v_match record;
begin
  select coalesce(array_agg(e.event_id), '{}') into v_events
  from (select event_id from workflow_engine.awaited_event where is_new order by event_id limit 500 for update skip locked) e;
  select coalesce(array_agg(w.action_log_id), '{}') into v_waits
  from (select action_log_id from workflow_engine.event_wait where is_new order by action_log_id limit 500 for update skip locked) w;
  if v_events = '{}' and v_waits = '{}' then
    return;
  end if;
  select * into v_match from workflow_engine.take_matches(v_events, v_waits);
  perform workflow_engine.clear_marks(
    array(select unnest(v_events) except select unnest(v_match.left_events)),
    array(select unnest(v_waits) except select unnest(v_match.left_waits))
  );
  if v_match.answers is not null then
    perform workflow_engine.write_results(v_match.answers, match_events.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.match_events(timestamptz) is
  'Answers those that wait with the events they wait for.';

-- Keeps these events for those that wait, where a definition names them.
create or replace function workflow_engine.keep_awaited_events(event_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into workflow_engine.awaited_event (event_id, organization_id, name, payload, occurred_at)
  select e.id, e.organization_id, e.name, e.payload, e.occurred_at
  from public.workflow_event e
  where e.id = any (keep_awaited_events.event_ids)
    and exists (select from workflow_engine.action_version a where a.awaits = e.name);
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.keep_awaited_events(uuid[]) is
  'Keeps the events that some definition waits for.';

-- Forgets awaited events that are too old to be looked back at, and signals when their run has ended, too.
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
      and not exists (select from public.workflow_run r where r.id = o.run_id and r.completed_at is null)
    order by o.occurred_at
    limit 1000
    for update skip locked
  );
$$;

comment on function workflow_engine.forget_awaited_events(timestamptz) is
  'Forgets events that are too old to be looked back at.';
