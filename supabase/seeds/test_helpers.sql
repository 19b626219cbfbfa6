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

-- Emits test.happened and returns the first run that it started.
create or replace function test.start_run(payload jsonb default '{}', event text default 'test.happened')
returns uuid
language sql
as $$
  select (public.workflow_emit(start_run.event, start_run.payload) #>> '{runs,0,id}')::uuid;
$$;

comment on function test.start_run(jsonb, text) is 'Emits an event and returns the run it started.';

-- Claims everything that is due.
create or replace function test.claim(max_actions integer default 100)
returns jsonb
language sql
as $$
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

-- Claims whatever is due and completes it, again and again, until nothing is due.
create or replace function test.work_off()
returns integer
language plpgsql
as $$
declare
  v_claims jsonb;
  v_done integer := 0;
begin
  loop
    v_claims := test.claim() -> 'claims';
    exit when v_claims = '[]';
    perform public.workflow_report('test-worker', (
      select jsonb_agg(jsonb_build_object('id', c -> 'id', 'attempt', c -> 'attempt', 'status', 'completed'))
      from jsonb_array_elements(v_claims) c
    ));
    v_done := v_done + jsonb_array_length(v_claims);
  end loop;
  return v_done;
end;
$$;

comment on function test.work_off() is 'Completes everything that is due; returns how much it was.';

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

-- The statuses of a run's action logs as {name: status}.
create or replace function test.statuses(run uuid)
returns jsonb
language sql
as $$
  select jsonb_object_agg(a.name, l.status)
  from public.workflow_action_logs l
  join public.workflow_run r on r.id = l.run_id
  join workflow_engine.action_version a
    on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    and a.workflow_action_id = l.workflow_action_id
  where l.run_id = statuses.run;
$$;

comment on function test.statuses(uuid) is 'The statuses of a run''s action logs by action name.';

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
