begin;
select plan(1);

select test.deploy('[
  {"name": "first", "action_type": "log"},
  {"name": "ask", "action_type": "wait_for_event", "order": 2, "payload": {"event": "order.paid"}}
]');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_emit('order.paid', '{"n": 1}');
select test.travel('2 hours');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "look_back": "1 hour"}}}');

select is((test.log_of(run, 'ask')).output #> '{event,payload}', '{"n": 1}', 'a shorter look-back hides nothing') from given;

select * from finish();
rollback;
