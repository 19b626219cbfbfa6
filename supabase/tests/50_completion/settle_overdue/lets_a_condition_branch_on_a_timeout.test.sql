begin;
select plan(1);

select test.deploy('[
  {"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}},
  {"name": "thank", "action_type": "log", "order": 2, "condition": "$.actions.ask.output.timed_out == false"},
  {"name": "warn", "action_type": "log", "order": 2, "condition": "$.actions.ask.output.timed_out == true"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "timeout": "1 hour"}}}');
select test.travel('61 minutes');
select test.work_off();

select is(test.statuses(run), '{"ask": "completed", "thank": "skipped", "warn": "completed"}', 'one of two ways') from given;

select * from finish();
rollback;
