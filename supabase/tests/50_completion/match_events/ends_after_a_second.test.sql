-- However long it takes to find what belongs together: a claim would be cancelled, and all that it did undone.
begin;
select plan(3);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
select count(public.workflow_emit('test.happened')) from generate_series(1, 30);
create temporary table claimed on commit drop as select c from jsonb_array_elements(test.claim() -> 'claims') c;

create or replace function workflow_engine.find_events(wait_ids uuid[])
returns setof workflow_engine.event_match
language plpgsql
stable
as $$
begin
  perform pg_sleep(0.4 * cardinality(find_events.wait_ids));
end;
$$;

-- How many waits are left to be compared; in half the time that a claim has.
set local statement_timeout = '4 s';
select public.workflow_report('test-worker', jsonb_agg(jsonb_build_object(
  'id', c -> 'id', 'attempt', c -> 'attempt', 'status', 'waiting', 'wait', jsonb '{"kind": "event", "event": "order.paid"}'
)))
from claimed;
select is((select count(*) from workflow_engine.event_wait where is_new), 30::bigint, 'a report ends');
select test.age_marks();
select lives_ok('select public.workflow_claim(''test-worker'', 1, 0)', 'a claim ends');
select cmp_ok((select count(*) from workflow_engine.event_wait where is_new), '<', 30::bigint, 'having compared some');

select * from finish();
rollback;
