begin;
select plan(2);

update workflow_engine.settings set output_bytes = 2000;
create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
create temporary table emitted on commit drop as
select public.workflow_emit('order.paid', jsonb_build_object('text', repeat('x', 3000))) as answer;
select test.work_off();

select is(
  (test.log_of(run, 'ask')).output #- '{event,occurred_at}',
  jsonb_build_object('timed_out', false, 'event', jsonb_build_object(
    'id', answer -> 'event_id', 'name', 'order.paid', 'payload', null, 'truncated', true
  )),
  'for an output, and says so'
)
from given, emitted;
select is(test.run_status(run), 'completed', 'whoever sent it fails nobody''s action') from given;

select * from finish();
rollback;
