begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
create temporary table emitted on commit drop as
select public.workflow_emit('order.paid', '{"order_id": 7}') as answer;
select test.work_off();

select is(
  (test.log_of(run, 'ask')).output #- '{event,occurred_at}',
  jsonb_build_object('timed_out', false, 'event', jsonb_build_object(
    'id', answer -> 'event_id', 'name', 'order.paid', 'payload', jsonb '{"order_id": 7}'
  )),
  'its id, name and payload'
)
from given, emitted;
select is(
  ((test.log_of(run, 'ask')).output #>> '{event,occurred_at}')::timestamptz,
  (select occurred_at from public.workflow_event where name = 'order.paid'),
  'and when it occurred'
)
from given;
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
