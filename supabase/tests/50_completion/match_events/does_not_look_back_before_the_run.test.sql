begin;
select plan(1);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
select public.workflow_emit('order.paid', '{"n": 1}');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}}');

select is((test.log_of(run, 'ask')).status, 'waiting', 'unless it is told to') from given;

select * from finish();
rollback;
