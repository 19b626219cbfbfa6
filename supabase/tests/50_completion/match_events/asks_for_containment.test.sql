begin;
select plan(2);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
create temporary table given on commit drop as
select m.match, m.payload, m.is_met, (public.workflow_emit('test.happened') #>> '{runs,0,id}')::uuid as run
from (values
  (jsonb '{}', jsonb '{"id": 1}', true),
  ('{"id": 1}', '{"id": 1, "total": 5}', true),
  ('{"id": 1}', '{"id": 1.0}', true),
  ('{"id": 1.00}', '{"id": 1}', true),
  ('{"id": 1}', '{"id": "1"}', false),
  ('{"id": 1}', '{"total": 1}', false),
  ('{"id": null}', '{"id": null}', true),
  ('{"id": null}', '{}', false),
  ('{"order": {"id": 1}}', '{"order": {"id": 1, "lines": []}}', true),
  ('{"order": {"id": 1}}', '{"id": 1}', false),
  ('{"order": {"id": 1}, "state": "paid"}', '{"order": {"id": 1}, "state": "open"}', false),
  ('{"order": {}}', '{"order": {"id": 1}}', true),
  ('{"order": {}}', '{"order": 1}', false),
  ('{"tags": ["a"]}', '{"tags": ["b", "a"]}', true),
  ('{"tags": ["a"]}', '{"tags": "a"}', false),
  ('{"lines": [{"sku": "x"}]}', '{"lines": [{"sku": "y"}, {"sku": "x", "n": 2}]}', true)
) m (match, payload, is_met);
create temporary table claimed on commit drop as select c from jsonb_array_elements(test.claim() -> 'claims') c;
select test.report(c, jsonb_build_object(
  'status', 'waiting', 'wait', jsonb_build_object('kind', 'event', 'event', 'order.paid', 'match', match)
))
from claimed
join given on run = (c ->> 'run_id')::uuid;

-- Whether an event with this payload answers the run; compared from the event's side, or from the wait's.
create function pg_temp.is_met(run uuid, payload jsonb, is_before boolean)
returns boolean
language plpgsql
as $$
declare
  v_is_met boolean;
begin
  perform public.workflow_emit('order.paid', is_met.payload);
  update workflow_engine.awaited_event set is_new = not is_met.is_before;
  update workflow_engine.event_wait set is_new = is_met.is_before;
  perform test.work_off();
  v_is_met := test.run_status(is_met.run) = 'completed';
  raise exception using errcode = 'P0001';
exception
  when raise_exception then
    return v_is_met;
end;
$$;

select set_eq(
  'select match, payload, pg_temp.is_met(run, payload, false) from given',
  'select match, payload, is_met from given',
  'an event answers where its payload contains the match'
);
select set_eq(
  'select match, payload, pg_temp.is_met(run, payload, true) from given',
  'select match, payload, is_met from given',
  'and so it does when it came before'
);

select * from finish();
rollback;
