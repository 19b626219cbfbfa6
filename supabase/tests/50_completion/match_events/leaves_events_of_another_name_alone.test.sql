begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
select test.deploy('[{"name": "other", "action_type": "wait_for_event", "payload": {"event": "order.sent"}}]', '{"name": "other"}');
select public.workflow_emit('order.sent');
select test.work_off();

select is((test.log_of(run, 'ask')).status, 'waiting', 'it waits on') from given;

select * from finish();
rollback;
