-- Its runs may still get there.
begin;
select plan(2);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.age_versions();
select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.sent"}}]');
select public.workflow_emit('order.paid');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}}');

select is((select max(version) from workflow_engine.workflow_version), 2, 'the definition waits for something else now');
select is(test.run_status(run), 'completed', 'a run of before it got its event') from given;

select * from finish();
rollback;
