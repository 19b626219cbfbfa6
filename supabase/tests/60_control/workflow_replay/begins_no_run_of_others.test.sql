-- Neither does its event answer those that wait for one.
begin;
select plan(1);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
select test.create_workflow('replayed', trigger => 'order.paid');
create temporary table given on commit drop as select test.start_run(event => 'order.paid') as run;
select test.work_off();
create temporary table waits on commit drop as select test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}}');
select public.workflow_replay(run) from given;
select test.work_off();

select is((test.log_of(run, 'ask')).status, 'waiting', 'it has not happened again') from waits;

select * from finish();
rollback;
