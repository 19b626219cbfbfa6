-- An action log that has just begun to wait, and what for, as its attempt reported it.
create type workflow_engine.new_wait as (
  id uuid,
  wait jsonb
);

comment on type workflow_engine.new_wait is 'An action log that has just begun to wait, and what for.';

-- The hash of each member of a JSON object that is no object or array itself, with its path, in which the
-- elements of an array all have the same step. JSON that contains an object contains each of its members, so
-- that an event finds those who wait for it by one.
create or replace function workflow_engine.member_keys(value jsonb)
returns setof bigint
language plpgsql
immutable
rows 10
set search_path = ''
as $$
begin
  return query
    with recursive member (path, value) as (
      select jsonb '[]', member_keys.value
      union all
      select m.path || to_jsonb(e.key), e.value
      from member m
      cross join lateral (
        select o.key, o.value
        from jsonb_each(case jsonb_typeof(m.value) when 'object' then m.value else '{}' end) o
        union all
        select '[]', a.value
        from jsonb_array_elements(case jsonb_typeof(m.value) when 'array' then m.value else '[]' end) a (value)
      ) e
    )
    select distinct pg_catalog.jsonb_hash_extended(jsonb_build_array(m.path, m.value), 0)
    from member m
    where jsonb_typeof(m.value) not in ('object', 'array');
end;
$$;

comment on function workflow_engine.member_keys(jsonb) is
  'The hashes of the members of a JSON object, those of the objects and arrays in it included.';

-- The member of a match by which its event finds it: the one that the fewest others wait with.
create or replace function workflow_engine.choose_key(name text, match jsonb)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce((
    select k.key
    from workflow_engine.member_keys(choose_key.match) k (key)
    cross join lateral (
      select count(*) as others
      from (
        select
        from workflow_engine.event_wait w
        where w.name = choose_key.name and w.match_key = k.key and w.event_id is null
        limit 100
      ) o
    ) c
    order by c.others, k.key
    limit 1
  ), 0);
end;
$$;

comment on function workflow_engine.choose_key(text, jsonb) is
  'The key under which a wait for an event is found; 0 when its match has no member.';

-- Registers those that wait for an event: for one since their run's own, or since look_back.
create or replace function workflow_engine.register_events(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into workflow_engine.event_wait (
    action_log_id, attempt, run_id, organization_id, name, match, match_key, since, until
  )
  select l.id, l.attempt, l.run_id, l.organization_id, w.wait ->> 'event', m.match,
    workflow_engine.choose_key(w.wait ->> 'event', m.match),
    least(e.occurred_at, register_events.at_time - workflow_engine.to_duration(w.wait ->> 'look_back')), l.execute_at
  from unnest(register_events.waits) w
  cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
  cross join lateral (select * from public.workflow_run r where r.id = l.run_id limit 1) r
  cross join lateral (select * from public.workflow_event e where e.id = r.event_id limit 1) e
  cross join lateral (select coalesce(w.wait -> 'match', '{}') as match) m
  where l.waits_for = 'event'
  on conflict (action_log_id) do update
  set attempt = excluded.attempt, name = excluded.name, match = excluded.match, match_key = excluded.match_key,
    since = excluded.since, until = excluded.until, is_new = true, marked_by = excluded.marked_by, event_id = null;
end;
$$;

comment on function workflow_engine.register_events(workflow_engine.new_wait[], timestamptz) is
  'Registers the action logs that wait for an event.';

-- Asks people, or, after a reminder, goes on waiting for them; a decision that came meanwhile is the answer.
create or replace function workflow_engine.register_approvals(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  delete from public.workflow_approval a
  where a.status = 'stopped' and a.action_log_id in (select w.id from unnest(register_approvals.waits) w);
  insert into public.workflow_approval (
    organization_id, run_id, action_log_id, attempt, role, message, details, expires_at, remind_at
  )
  select l.organization_id, l.run_id, l.id, l.attempt, w.wait ->> 'role', w.wait ->> 'message', coalesce(w.wait -> 'details', '{}'),
    register_approvals.at_time + coalesce(workflow_engine.to_duration(w.wait ->> 'expires_in'), s.waiting_timeout),
    register_approvals.at_time + workflow_engine.to_duration(w.wait ->> 'remind_after')
  from unnest(register_approvals.waits) w
  cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
  join workflow_engine.settings s on s.id
  where l.waits_for = 'approval'
  on conflict on constraint an_action_asks_once do update
  set attempt = excluded.attempt, remind_at = excluded.remind_at;
  insert into workflow_engine.approval_token (hash, approval_id, recipient)
  select decode(t.token ->> 'hash', 'hex'), a.id, t.token ->> 'recipient'
  from unnest(register_approvals.waits) w
  join public.workflow_approval a on a.action_log_id = w.id
  cross join lateral jsonb_array_elements(w.wait -> 'tokens') t (token)
  on conflict do nothing;
  perform workflow_engine.answer_approvals(array(
    select a.id
    from unnest(register_approvals.waits) w
    join public.workflow_approval a on a.action_log_id = w.id
    where a.status in ('approved', 'rejected')
  ), register_approvals.at_time);
end;
$$;

comment on function workflow_engine.register_approvals(workflow_engine.new_wait[], timestamptz) is
  'Registers the action logs that wait for a decision.';

-- Starts a child: its input is its event, its record is its parent's.
create or replace function workflow_engine.start_child(log public.workflow_action_logs, wait jsonb, at_time timestamptz)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_workflow public.workflow := workflow_engine.find_workflow(start_child.wait ->> 'workflow', (start_child.log).organization_id);
  v_event uuid := workflow_engine.new_id();
  v_run uuid;
begin
  insert into public.workflow_event (id, organization_id, name, payload, source, related_table, related_table_pkey, expanded_at)
  select v_event, (start_child.log).organization_id, 'workflow.started', coalesce(start_child.wait -> 'input', '{}'), 'start',
    (start_child.log).related_table, (start_child.log).related_table_pkey, start_child.at_time;
  insert into public.workflow_run (
    organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, starts_at,
    parent_run_id, parent_action_log_id, parent_attempt, on_failure, owes_answer, depth
  )
  select (start_child.log).organization_id, v_workflow.id, v_workflow.version, v_event, (start_child.log).related_table,
    (start_child.log).related_table_pkey, start_child.at_time,
    p.id, (start_child.log).id, (start_child.log).attempt, coalesce(start_child.wait ->> 'on_failure', 'fail'),
    coalesce((start_child.wait ->> 'wait')::boolean, true), p.depth + 1
  from public.workflow_run p
  where p.id = (start_child.log).run_id
  returning id into v_run;
  perform workflow_engine.advance_runs(array[v_run]);
  return v_run;
end;
$$;

comment on function workflow_engine.start_child(public.workflow_action_logs, jsonb, timestamptz) is
  'Starts the child of an action log; returns its run.';

-- Starts children; those that nobody waits for are an answer already.
create or replace function workflow_engine.register_children(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_child record;
  v_run uuid;
  v_answers jsonb := jsonb '[]';
begin
  for v_child in
    select l.log, w.wait
    from unnest(register_children.waits) w
    cross join lateral (select l as log from public.workflow_action_logs l where l.id = w.id limit 1) l
    where (l.log).waits_for = 'run'
    order by (l.log).id
  loop
    v_run := workflow_engine.start_child(v_child.log, v_child.wait, register_children.at_time);
    if v_child.wait -> 'wait' = 'false' then
      v_answers := v_answers || jsonb_build_object(
        'id', (v_child.log).id, 'attempt', (v_child.log).attempt, 'status', 'completed',
        'output', jsonb_build_object('run_id', v_run, 'status', 'running', 'output', jsonb '{}')
      );
    end if;
  end loop;
  if v_answers <> '[]' then
    perform workflow_engine.write_results(v_answers, register_children.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.register_children(workflow_engine.new_wait[], timestamptz) is
  'Starts the children of action logs.';

-- Looks at once whether the events of those that begin to wait were there before them. Where another
-- transaction gives such an event to another wait of the run, the next claim looks again.
create or replace function workflow_engine.look_back(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_answers jsonb;
begin
  select m.answers into v_answers
  from workflow_engine.take_matches('{}', array(select w.id from unnest(look_back.waits) w)) m;
  if v_answers is not null then
    perform workflow_engine.write_results(v_answers, look_back.at_time, '{waiting}');
  end if;
exception
  when unique_violation then
    raise log 'workflow_engine.look_back: %', sqlerrm;
end;
$$;

comment on function workflow_engine.look_back(workflow_engine.new_wait[], timestamptz) is
  'Answers those that begin to wait for an event that was there before them.';

-- After results were written: registers what those that wait wait for, and looks at once whether their
-- event was there before them.
create or replace function workflow_engine.register_waits(results jsonb, accepted uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_waits workflow_engine.new_wait[];
begin
  if not jsonb_path_exists(register_waits.results, '$[*].wait') then
    return;
  end if;
  select array_agg(row(l.id, e.value -> 'wait')::workflow_engine.new_wait)
  into v_waits
  from jsonb_array_elements(register_waits.results) e
  cross join lateral (
    select l.id, l.status from public.workflow_action_logs l where l.id = (e.value ->> 'id')::uuid limit 1
  ) l
  where e.value ? 'wait' and l.status = 'waiting' and l.id in (select unnest(register_waits.accepted));
  if v_waits is null then
    return;
  end if;
  perform workflow_engine.register_events(v_waits, register_waits.at_time);
  perform workflow_engine.register_approvals(v_waits, register_waits.at_time);
  perform workflow_engine.register_children(v_waits, register_waits.at_time);
  perform workflow_engine.look_back(v_waits, register_waits.at_time);
end;
$$;

comment on function workflow_engine.register_waits(jsonb, uuid[], timestamptz) is
  'Registers what the waiting ones of these results wait for.';
