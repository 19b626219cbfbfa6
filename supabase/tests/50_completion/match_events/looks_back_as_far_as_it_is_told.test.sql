begin;
select plan(1);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
select public.workflow_emit('order.paid', '{"n": 1}');
select test.travel('50 minutes');
select public.workflow_emit('order.paid', '{"n": 2}');
select test.travel('50 minutes');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "look_back": "1 hour"}}}');

select is((test.log_of(run, 'ask')).output #> '{event,payload}', '{"n": 2}', 'and no farther') from given;

select * from finish();
rollback;
