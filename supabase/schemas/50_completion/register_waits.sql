-- An action log that has just begun to wait, and what for, as its attempt reported it.
create type workflow_engine.new_wait as (
  id uuid,
  wait jsonb,
  timeout_ms double precision
);

comment on type workflow_engine.new_wait is 'An action log that has just begun to wait, and what for.';

-- Some members of a JSON object that are no object or array themselves, with their paths.
create or replace function workflow_engine.some_members(value jsonb)
returns table (path text[], member jsonb)
language plpgsql
immutable
rows 10
set search_path = ''
as $$
begin
  return query
    with recursive member (path, value) as (
      select array[]::text[], some_members.value
      union all
      select m.path || e.key, e.value
      from member m
      cross join lateral jsonb_each(case jsonb_typeof(m.value) when 'object' then m.value else '{}' end) e
      where cardinality(m.path) < 8
    )
    select m.path, m.value
    from member m
    where jsonb_typeof(m.value) not in ('object', 'array')
    limit 20;
end;
$$;

comment on function workflow_engine.some_members(jsonb) is
  'Up to twenty scalar members of a JSON object with their paths, down to eight levels.';

-- The hash by which a wait and its event find each other; without a member, the scope. Equal numbers have the same,
-- however they are written.
create or replace function workflow_engine.match_key(scope bigint, path text[], member jsonb)
returns bigint
language sql
immutable
return coalesce(jsonb_hash_extended(member, hash_array_extended(path, scope)), scope);

comment on function workflow_engine.match_key(bigint, text[], jsonb) is
  'The hash of a scope and a member of a payload with its path.';

-- The path of the member by which a match is found: the one that the fewest others wait with; null when it has
-- none. No more than a hundred paths a scope, for an event looks at each, and none that is too long for an index.
create or replace function workflow_engine.choose_path(organization_id text, name text, match jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_scope bigint := workflow_engine.event_scope(choose_path.organization_id, choose_path.name);
begin
  return (
    select m.path
    from workflow_engine.some_members(choose_path.match) m
    cross join lateral (
      select count(*) as others
      from (
        select
        from workflow_engine.event_wait w
        where w.name = choose_path.name and w.match_key = workflow_engine.match_key(v_scope, m.path, m.member) and w.event_id is null
        limit 100
      ) o
    ) c
    where pg_column_size(m.path) <= 500
      and (
        exists (select from workflow_engine.match_path p where p.scope = v_scope and p.path = m.path)
        or (select count(*) from workflow_engine.match_path p where p.scope = v_scope) < 100
      )
    order by c.others, m.path
    limit 1
  );
end;
$$;

comment on function workflow_engine.choose_path(text, text, jsonb) is
  'The path of the member by which a wait for an event is found, or null.';

-- Has the events kept that these wait for and no definition names. A name that is new here is seen by emits when
-- this transaction has committed.
create or replace function workflow_engine.register_names(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
as $$
begin
  insert into workflow_engine.awaited_name (name, waited_at)
  select e.name, register_names.at_time
  from (select distinct w.wait ->> 'event' as name from unnest(register_names.waits) w where w.wait ->> 'kind' = 'event') e
  where coalesce(
    (select true from workflow_engine.action_version a where a.awaits = e.name limit 1),
    (
      select true
      from workflow_engine.awaited_name n
      where n.name = e.name and n.waited_at > register_names.at_time - interval '1 day'
      limit 1
    ),
    false
  ) is false
  order by e.name
  on conflict (name) do update set waited_at = excluded.waited_at;
end;
$$;

comment on function workflow_engine.register_names(workflow_engine.new_wait[], timestamptz) is
  'Registers the names of events that no definition has.';

-- Registers those that wait for an event: for one since their run's own, or since look_back. The path of each is
-- chosen once: another transaction's wait, committed meanwhile, would make it another, and an event looks only at the
-- paths that are written down.
create or replace function workflow_engine.register_events(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  with chosen as materialized (
    select l.id, l.attempt, l.run_id, l.organization_id, w.wait ->> 'event' as name, m.match, p.path,
      workflow_engine.event_scope(l.organization_id, w.wait ->> 'event') as scope,
      least(e.occurred_at, register_events.at_time - workflow_engine.to_duration(w.wait ->> 'look_back')) as since,
      l.execute_at as until
    from unnest(register_events.waits) w
    cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
    cross join lateral (select * from public.workflow_run r where r.id = l.run_id limit 1) r
    cross join lateral (select * from public.workflow_event e where e.id = r.event_id limit 1) e
    cross join lateral (select coalesce(w.wait -> 'match', '{}') as match) m
    cross join lateral (
      select workflow_engine.choose_path(l.organization_id, w.wait ->> 'event', m.match) as path offset 0
    ) p
    where l.waits_for = 'event'
  ),
  noted as (
    insert into workflow_engine.match_path (scope, path)
    select distinct c.scope, c.path
    from chosen c
    where c.path is not null
    order by c.scope, c.path
    on conflict do nothing
  )
  insert into workflow_engine.event_wait (
    action_log_id, attempt, run_id, organization_id, name, match, match_key, since, until
  )
  select c.id, c.attempt, c.run_id, c.organization_id, c.name, c.match,
    workflow_engine.match_key(c.scope, c.path, c.match #> c.path), c.since, c.until
  from chosen c
  on conflict (action_log_id) do update
  set attempt = excluded.attempt, name = excluded.name, match = excluded.match, match_key = excluded.match_key,
    since = excluded.since, until = excluded.until, is_new = true, marked_by = excluded.marked_by, event_id = null;
end;
$$;

comment on function workflow_engine.register_events(workflow_engine.new_wait[], timestamptz) is
  'Registers the action logs that wait for an event.';

-- Another question takes the place of one that was stopped; what was asked goes into the history.
create or replace function workflow_engine.withdraw_approvals(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  with withdrawn as (
    delete from public.workflow_approval a
    where a.status = 'stopped' and a.action_log_id = any (withdraw_approvals.log_ids)
    returning a.*
  )
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, started_at, detail
  )
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), l.item_index, 'approval_requested',
    p.attempt, p.requested_at, jsonb_build_object('approval_id', p.id, 'role', p.role, 'message', p.message, 'expires_at', p.expires_at)
  from withdrawn p
  join public.workflow_action_logs l on l.id = p.action_log_id;
end;
$$;

comment on function workflow_engine.withdraw_approvals(uuid[]) is
  'Moves what was asked by these action logs and was stopped into the history.';

-- Asks people, or, after a reminder, goes on waiting for them. What was asked once keeps its expiry and its interval.
create or replace function workflow_engine.register_approvals(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  perform workflow_engine.withdraw_approvals(array(select w.id from unnest(register_approvals.waits) w));
  update public.workflow_approval a
  set attempt = l.attempt, remind_at = workflow_engine.next_reminder(a.reminders, a.remind_after, register_approvals.at_time)
  from unnest(register_approvals.waits) w
  cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
  where a.action_log_id = l.id and a.status = 'pending' and l.waits_for = 'approval';
  insert into public.workflow_approval (
    organization_id, run_id, action_log_id, attempt, role, message, details, expires_at, remind_after, remind_at
  )
  select l.organization_id, l.run_id, l.id, l.attempt, w.wait ->> 'role', w.wait ->> 'message', coalesce(w.wait -> 'details', '{}'),
    register_approvals.at_time + coalesce(
      workflow_engine.wait_of(w.timeout_ms), workflow_engine.to_duration(w.wait ->> 'expires_in'), s.waiting_timeout
    ),
    workflow_engine.to_duration(w.wait ->> 'remind_after'),
    workflow_engine.next_reminder(0, workflow_engine.to_duration(w.wait ->> 'remind_after'), register_approvals.at_time)
  from unnest(register_approvals.waits) w
  cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
  join workflow_engine.settings s on s.id
  where l.waits_for = 'approval'
    and not exists (select from public.workflow_approval a where a.action_log_id = l.id);
  insert into workflow_engine.approval_token (hash, approval_id, recipient)
  select decode(t.token ->> 'hash', 'hex'), a.id, t.token ->> 'recipient'
  from unnest(register_approvals.waits) w
  join public.workflow_approval a on a.action_log_id = w.id
  cross join lateral jsonb_array_elements(w.wait -> 'tokens') t (token)
  on conflict do nothing;
end;
$$;

comment on function workflow_engine.register_approvals(workflow_engine.new_wait[], timestamptz) is
  'Registers the action logs that wait for a decision.';

-- A child that is about to be started, and the action log that starts it.
create type workflow_engine.new_child as (
  log public.workflow_action_logs,
  wait jsonb,
  workflow public.workflow,
  event_id uuid,
  run_id uuid,
  depth integer
);

comment on type workflow_engine.new_child is 'A child that is about to be started, and the action log that starts it.';

-- Starts children: the input of each is its event, its parent's record is its record. The time is that of the report,
-- by which an action that does not wait has completed.
create or replace function workflow_engine.start_children(children workflow_engine.new_child[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public.workflow_event (id, organization_id, name, payload, source, related_table, related_table_pkey, expanded_at)
  select c.event_id, (c.log).organization_id, 'workflow.started', coalesce(c.wait -> 'input', '{}'), 'start',
    (c.log).related_table, (c.log).related_table_pkey, start_children.at_time
  from unnest(start_children.children) c;
  insert into public.workflow_run (
    id, organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, created_at,
    starts_at, parent_run_id, parent_action_log_id, parent_attempt, on_failure, owes_answer, depth
  )
  select c.run_id, (c.log).organization_id, (c.workflow).id, (c.workflow).version, c.event_id, (c.log).related_table,
    (c.log).related_table_pkey, start_children.at_time, start_children.at_time, (c.log).run_id, (c.log).id, (c.log).attempt,
    coalesce(c.wait ->> 'on_failure', 'fail'), coalesce((c.wait ->> 'wait')::boolean, true), c.depth
  from unnest(start_children.children) c;
  perform workflow_engine.advance_runs(array(select c.run_id from unnest(start_children.children) c));
end;
$$;

comment on function workflow_engine.start_children(workflow_engine.new_child[], timestamptz) is
  'Starts the children of action logs.';

-- The children that these actions have started already and that can go on: an attempt before was superseded, or its
-- run was retried. Not what was undone, nor what nobody knows any more how to do.
create or replace function workflow_engine.find_children(waits workflow_engine.new_wait[])
returns table (action_log_id uuid, attempt integer, on_failure text, run_id uuid)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select l.id, l.attempt, coalesce(w.wait ->> 'on_failure', 'fail'), c.id
    from unnest(find_children.waits) w
    cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
    cross join lateral (
      select *
      from public.workflow_run c
      where c.parent_run_id = l.run_id and c.parent_action_log_id = l.id
      order by c.id desc
      limit 1
    ) c
    join workflow_engine.workflow_version v on v.workflow_id = c.workflow_id and v.version = c.workflow_version
    join public.workflow f on f.id = c.workflow_id
    where l.waits_for = 'run'
      and w.wait -> 'wait' is distinct from 'false'
      and f.name = w.wait ->> 'workflow'
      and not c.is_compensating;
end;
$$;

comment on function workflow_engine.find_children(workflow_engine.new_wait[]) is
  'The children that action logs have started before and that can go on.';

-- Lets the children that these actions have started before go on from where they broke, and owe their answer to
-- the new attempt: what they had done is not done again. Returns the actions.
create or replace function workflow_engine.resume_children(waits workflow_engine.new_wait[], at_time timestamptz)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_logs uuid[];
  v_children uuid[];
  v_retried uuid[];
begin
  select array_agg(c.action_log_id), array_agg(c.run_id) into v_logs, v_children
  from workflow_engine.find_children(resume_children.waits) c;
  if v_children is null then
    return array[]::uuid[];
  end if;
  delete from workflow_engine.unneeded_child u where u.run_id = any (v_children);
  v_retried := workflow_engine.retry_runs(v_children, array_fill(resume_children.at_time, array[cardinality(v_children)]));
  perform workflow_engine.record_control('retried', r, 'The action that started it was retried', null,
    jsonb_build_object('parent_run_id', r.parent_run_id), resume_children.at_time)
  from public.workflow_run r
  where r.id = any (v_retried);
  update public.workflow_run r
  set parent_attempt = c.attempt, on_failure = c.on_failure, owes_answer = true,
    ended_in = case when r.completed_at is not null then pg_current_xact_id() end
  from workflow_engine.find_children(resume_children.waits) c
  where r.id = any (v_children) and r.id = c.run_id;
  return v_logs;
end;
$$;

comment on function workflow_engine.resume_children(workflow_engine.new_wait[], timestamptz) is
  'Lets children that were started before go on; returns the action logs that have some.';

-- Starts children; those that nobody waits for are an answer already.
create or replace function workflow_engine.register_children(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_resumed uuid[] := workflow_engine.resume_children(register_children.waits, register_children.at_time);
  v_children workflow_engine.new_child[] := array(
    select row(l.log, w.wait, f, workflow_engine.new_id(), workflow_engine.new_id(), p.depth + 1)::workflow_engine.new_child
    from unnest(register_children.waits) w
    cross join lateral (select l as log from public.workflow_action_logs l where l.id = w.id limit 1) l
    cross join lateral (select r.depth from public.workflow_run r where r.id = (l.log).run_id limit 1) p
    cross join lateral workflow_engine.find_workflow(w.wait ->> 'workflow', (l.log).organization_id) f
    where (l.log).waits_for = 'run' and w.id <> all (v_resumed)
  );
  v_answers jsonb;
begin
  if v_children = '{}' then
    return;
  end if;
  perform workflow_engine.start_children(v_children, register_children.at_time);
  select to_jsonb(array_agg(jsonb_build_object(
    'id', (c.log).id, 'attempt', (c.log).attempt, 'status', 'completed',
    'output', jsonb_build_object('run_id', c.run_id, 'status', 'running', 'output', jsonb '{}')
  )))
  into v_answers
  from unnest(v_children) c
  where c.wait -> 'wait' = 'false';
  if v_answers is not null then
    perform workflow_engine.write_results(v_answers, register_children.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.register_children(workflow_engine.new_wait[], timestamptz) is
  'Starts the children of action logs, or lets those go on that they have.';

-- Looks at once whether the events of those that begin to wait were there before them. For what a second is too
-- short, and where another transaction gives such an event to another wait of the run, the next claim looks again.
create or replace function workflow_engine.look_back(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1 second';
  v_begun_at timestamptz;
  v_size integer := 1;
  v_left uuid[] := array(select w.id from unnest(look_back.waits) w where w.wait ->> 'kind' = 'event');
begin
  while v_left <> array[]::uuid[] and clock_timestamp() < v_until loop
    v_begun_at := clock_timestamp();
    perform workflow_engine.match_slice(array[]::uuid[], v_left[:v_size], look_back.at_time);
    v_left := v_left[v_size + 1:];
    v_size := workflow_engine.next_slice(v_size, v_begun_at);
  end loop;
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
  select array_agg(row(l.id, e.value -> 'wait', e.value ->> 'timeout_ms')::workflow_engine.new_wait)
  into v_waits
  from jsonb_array_elements(register_waits.results) e
  cross join lateral (
    select l.id, l.status from public.workflow_action_logs l where l.id = (e.value ->> 'id')::uuid limit 1
  ) l
  where e.value ? 'wait' and l.status = 'waiting' and l.id in (select unnest(register_waits.accepted));
  if v_waits is null then
    return;
  end if;
  perform workflow_engine.register_names(v_waits, register_waits.at_time);
  perform workflow_engine.register_events(v_waits, register_waits.at_time);
  perform workflow_engine.register_approvals(v_waits, register_waits.at_time);
  perform workflow_engine.register_children(v_waits, register_waits.at_time);
  perform workflow_engine.look_back(v_waits, register_waits.at_time);
end;
$$;

comment on function workflow_engine.register_waits(jsonb, uuid[], timestamptz) is
  'Registers what the waiting ones of these results wait for.';
