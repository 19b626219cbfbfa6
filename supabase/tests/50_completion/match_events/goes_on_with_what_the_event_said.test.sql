begin;
select plan(1);

select test.deploy('[
  {"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}},
  {"name": "thank", "action_type": "log", "order": 2, "condition": "$.actions.ask.output.event.payload.total > 100"},
  {"name": "warn", "action_type": "log", "order": 2, "condition": "$.actions.ask.output.timed_out == true"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}}');
select public.workflow_emit('order.paid', '{"total": 200}');
select test.work_off();

select is(
  test.statuses(run), '{"ask": "completed", "thank": "completed", "warn": "skipped"}', 'conditions read its payload, and that it came'
)
from given;

select * from finish();
rollback;
