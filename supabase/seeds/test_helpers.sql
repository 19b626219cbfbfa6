-- What pgTAP tests say instead of repeating set-up. Loaded into test databases only, never shipped.
create extension if not exists pgtap with schema extensions;

create schema test;

grant usage on schema test to anon, authenticated, service_role;

comment on schema test is 'Helpers of the pgTAP tests.';

-- A workflow whose actions are all of type log, one for each order given: {1,1,2} has two side by side,
-- then one. They are named a, b, c, …
create or replace function test.create_workflow(
  name text,
  orders integer[] default '{1}',
  trigger text default 'test.happened',
  condition text default null,
  organization_id text default null
)
returns uuid
language plpgsql
as $$
declare
  v_workflow uuid;
begin
  insert into public.workflow (name, trigger, condition, organization_id)
  values (create_workflow.name, create_workflow.trigger, create_workflow.condition, create_workflow.organization_id)
  returning id into v_workflow;
  insert into public.workflow_action (workflow_id, name, action_type, "order", payload)
  select v_workflow, chr(96 + o.position::integer), 'log', o.number, '{"message": "hello"}'
  from unnest(create_workflow.orders) with ordinality o (number, position);
  return v_workflow;
end;
$$;

comment on function test.create_workflow(text, integer[], text, text, text) is
  'A workflow of log actions named a, b, c, … with these orders.';

-- Deploys a workflow of these actions, started by test.happened, and returns its id.
create or replace function test.deploy(actions jsonb, fields jsonb default '{}')
returns uuid
language sql
as $$
  select (public.workflow_deploy(
    jsonb_build_object('name', 'w', 'trigger', 'test.happened', 'actions', deploy.actions) || deploy.fields
  ) ->> 'workflow_id')::uuid;
$$;

comment on function test.deploy(jsonb, jsonb) is
  'Deploys a workflow of these actions, "w" unless the fields say otherwise, and returns its id.';

-- Emits test.happened and returns the first run that it started.
create or replace function test.start_run(payload jsonb default '{}', event text default 'test.happened')
returns uuid
language sql
as $$
  select (public.workflow_emit(start_run.event, start_run.payload) #>> '{runs,0,id}')::uuid;
$$;

comment on function test.start_run(jsonb, text) is 'Emits an event and returns the run it started.';

-- A test is one transaction. Lets what it has made new count as another transaction's, as it would be.
create or replace function test.age_marks()
returns boolean
language sql
security definer
as $$
  update workflow_engine.awaited_event set marked_by = '3' where is_new;
  update workflow_engine.event_wait set marked_by = '3' where is_new;
  update workflow_engine.unneeded_child set marked_by = '3';
  update public.workflow_run set ended_in = '3' where owes_answer and completed_at is not null and ended_in is not null;
  select workflow_engine.has_answers(workflow_engine.clock(), false);
$$;

comment on function test.age_marks() is 'Lets new events, waits and ends of children count as those of an earlier transaction; says whether a claim would find one.';

-- Claims everything that is due.
create or replace function test.claim(max_actions integer default 100)
returns jsonb
language sql
as $$
  select test.age_marks();
  select public.workflow_claim('test-worker', claim.max_actions, 0);
$$;

comment on function test.claim(integer) is 'Claims what is due as the worker "test-worker".';

-- The one claim of the named action in a claim's answer.
create or replace function test.claim_of(answer jsonb, action text)
returns jsonb
language sql
as $$
  select c
  from jsonb_array_elements(claim_of.answer -> 'claims') c
  where claim_of.answer -> 'actions' -> (c ->> 'action') ->> 'name' = claim_of.action;
$$;

comment on function test.claim_of(jsonb, text) is 'The claim of an action, by name.';

-- Reports one result for a claim.
create or replace function test.report(claim jsonb, result jsonb)
returns jsonb
language sql
as $$
  select public.workflow_report(
    'test-worker',
    jsonb_build_array(jsonb_build_object('id', report.claim -> 'id', 'attempt', report.claim -> 'attempt') || report.result)
  );
$$;

comment on function test.report(jsonb, jsonb) is 'Reports a result for a claim.';

-- Claims whatever is due and reports it, again and again, until nothing is due; a claim that ran out of time
-- says that more is. `results` says by name what an action, or one item of it ("each[2]"), comes to; all else
-- completes.
create or replace function test.work_off(results jsonb default '{}')
returns integer
language plpgsql
as $$
declare
  v_answer jsonb;
  v_done integer := 0;
begin
  for v_round in 1 .. 1000 loop
    v_answer := test.claim(1000);
    continue when v_answer -> 'claims' = '[]' and test.age_marks();
    continue when v_answer -> 'claims' = '[]' and v_answer -> 'next_due_ms' = '0';
    if v_answer -> 'claims' = '[]' then
      return v_done;
    end if;
    perform public.workflow_report('test-worker', (
      select jsonb_agg(
        jsonb_build_object('id', c -> 'id', 'attempt', c -> 'attempt', 'status', 'completed')
        || coalesce(work_off.results -> format('%s[%s]', n.name, l.item_index), work_off.results -> n.name, '{}')
      )
      from jsonb_array_elements(v_answer -> 'claims') c
      join public.workflow_action_logs l on l.id = (c ->> 'id')::uuid
      cross join lateral (select v_answer -> 'actions' -> (c ->> 'action') ->> 'name' as name) n
    ));
    v_done := v_done + jsonb_array_length(v_answer -> 'claims');
  end loop;
  raise exception 'There is no end of what is due';
end;
$$;

comment on function test.work_off(jsonb) is
  'Works off everything that is due, with these results by action name; returns how much it was.';

-- A run whose action "ask" waits for this and is followed by "next". The workflow is "w", started by
-- test.happened, and has the action that a handler would make this of.
create or replace function test.start_wait(wait jsonb, payload jsonb default '{}', organization_id text default null)
returns uuid
language plpgsql
as $$
declare
  v_run uuid;
begin
  perform test.deploy(jsonb_build_array(
    jsonb_build_object(
      'name', 'ask',
      'action_type', case start_wait.wait ->> 'kind'
        when 'sleep' then case when start_wait.wait ? 'until' then 'sleep_until' else 'sleep' end
        when 'event' then 'wait_for_event'
        when 'run' then 'start_workflow'
        when 'approval' then 'approval'
        else 'log'
      end,
      'payload', start_wait.wait - 'kind' - 'tokens'
    ),
    jsonb '{"name": "next", "action_type": "log", "order": 2}'
  ));
  v_run := (public.workflow_emit('test.happened', start_wait.payload, organization_id => start_wait.organization_id) #>> '{runs,0,id}')::uuid;
  perform test.work_off(jsonb_build_object('ask', jsonb_build_object('status', 'waiting', 'wait', start_wait.wait)));
  return v_run;
end;
$$;

comment on function test.start_wait(jsonb, jsonb, text) is
  'Starts a run whose action "ask" waits for this and is followed by "next".';

-- Lets the engine's clock travel, inside this transaction.
create or replace function test.travel(distance interval)
returns void
language sql
as $$
  update workflow_engine.clock_offset o set "offset" = o."offset" + travel.distance;
$$;

comment on function test.travel(interval) is 'Moves the engine''s clock forward.';

-- Becomes an API role with these claims in its token, until `reset role` or the end of the transaction.
create or replace function test.act_as(role text, claims jsonb default '{}')
returns void
language plpgsql
as $$
begin
  perform set_config('request.jwt.claims', (act_as.claims || jsonb_build_object('role', act_as.role))::text, true);
  perform set_config('role', act_as.role, true);
end;
$$;

comment on function test.act_as(text, jsonb) is 'Becomes an API role with these claims.';

-- The action logs of a run by name, without the items of fan-outs.
create or replace function test.logs(run uuid)
returns table (name text, log public.workflow_action_logs)
language sql
as $$
  select a.name, l
  from public.workflow_action_logs l
  join workflow_engine.action_version a
    on a.workflow_id = l.workflow_id and a.version = l.workflow_version
    and a.workflow_action_id = l.workflow_action_id
  where l.run_id = logs.run and l.item_index is null;
$$;

comment on function test.logs(uuid) is 'The action logs of a run''s actions by name.';

-- The action log of an action in a run.
create or replace function test.log_of(run uuid, action text)
returns public.workflow_action_logs
language sql
as $$
  select (l.log).* from test.logs(log_of.run) l where l.name = log_of.action;
$$;

comment on function test.log_of(uuid, text) is 'The action log of an action in a run.';

-- The statuses of a run's action logs as {name: status}.
create or replace function test.statuses(run uuid)
returns jsonb
language sql
as $$
  select jsonb_object_agg(l.name, (l.log).status) from test.logs(statuses.run) l;
$$;

comment on function test.statuses(uuid) is 'The statuses of a run''s action logs by action name.';

-- Why actions of a run were skipped or stopped, as {name: reason}.
create or replace function test.reasons(run uuid)
returns jsonb
language sql
as $$
  select jsonb_object_agg(l.name, (l.log).reason) filter (where (l.log).reason is not null) from test.logs(reasons.run) l;
$$;

comment on function test.reasons(uuid) is 'Why actions of a run did not run, by action name.';

-- The statuses of a fan-out's items, in their order.
create or replace function test.items(run uuid)
returns text[]
language sql
as $$
  select array_agg(l.status order by l.item_index)
  from public.workflow_action_logs l
  where l.run_id = items.run and l.item_index is not null;
$$;

comment on function test.items(uuid) is 'The statuses of the items of a run''s fan-out, in item order.';

-- The status of a run.
create or replace function test.run_status(run uuid)
returns text
language sql
as $$
  select r.status from public.workflow_run r where r.id = run_status.run;
$$;

comment on function test.run_status(uuid) is 'The status of a run.';

-- A table to attach, in schema public, gone with the transaction.
create or replace function test.create_orders_table()
returns void
language sql
as $$
  create table public.test_orders (
    id bigint primary key,
    organization_id text,
    status text,
    due_at timestamptz,
    secret text
  );
$$;

comment on function test.create_orders_table() is 'Creates public.test_orders.';

-- Runs a statement that must fail and returns what the Data API would answer.
create or replace function test.error_of(statement text)
returns jsonb
language plpgsql
as $$
declare
  v_detail text;
  v_hint text;
begin
  execute error_of.statement;
  return null;
exception
  when others then
    get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;
    return jsonb_build_object('code', sqlstate, 'message', sqlerrm, 'details', v_detail, 'hint', v_hint);
end;
$$;

comment on function test.error_of(text) is 'The code, message, details and hint of a statement''s error.';

-- Lets the engine ring, and makes as if it had never rung before.
create or replace function test.configure(url text default 'https://example.com/functions/v1/workflow-cron')
returns void
language plpgsql
as $$
begin
  delete from vault.secrets s where s.name in ('workflow_function_url', 'workflow_secret', 'APP_URL');
  perform public.workflow_configure(configure.url);
  perform setval('workflow_engine.last_ring_at', 0);
  perform setval('workflow_engine.last_ring_request', 0);
  delete from net.http_request_queue;
end;
$$;

comment on function test.configure(text) is 'Writes to Vault what a wake-up takes; nothing has rung yet.';

-- How many wake-ups this transaction sends if it commits now.
create or replace function test.count_rings()
returns bigint
language plpgsql
as $$
begin
  set constraints all immediate;
  set constraints all deferred;
  return (select count(*) from net.http_request_queue);
end;
$$;

comment on function test.count_rings() is 'How many wake-ups are queued once this transaction commits.';

-- Lets the engine ring, and makes what this transaction has asked for so far another one's, that has rung: what
-- count_rings() finds was asked for since.
create or replace function test.forget_rings()
returns void
language plpgsql
as $$
begin
  set constraints all immediate;
  set constraints all deferred;
  delete from workflow_engine.wake_request;
  perform set_config('workflow_engine.woken_by', '', true);
  perform test.configure();
end;
$$;

comment on function test.forget_rings() is 'As if all wake-ups so far had been another transaction''s.';

-- Makes the latest version of every workflow the work of an earlier transaction.
create or replace function test.age_versions()
returns void
language sql
as $$
  update workflow_engine.workflow_version set saved_in = '3';
$$;

comment on function test.age_versions() is 'As if what was saved had been saved by an earlier transaction.';

-- Lets the lease of every attempt run out.
create or replace function test.expire_leases()
returns void
language sql
as $$
  update public.workflow_action_logs
  set lease_expires_at = clock_timestamp() - interval '1 second'
  where status = 'processing';
$$;

comment on function test.expire_leases() is 'As if every worker had been lost.';
