begin;
select plan(2);

select test.deploy('[
  {"name": "first", "action_type": "log"},
  {"name": "ask", "action_type": "wait_for_event", "order": 2, "payload": {"event": "order.paid"}}
]');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_emit('order.paid', '{"n": 1}');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}}');

select is((test.log_of(run, 'ask')).output #> '{event,payload}', '{"n": 1}', 'after the run had begun') from given;
select is(test.run_status(run), 'completed', 'without waiting') from given;

select * from finish();
rollback;
