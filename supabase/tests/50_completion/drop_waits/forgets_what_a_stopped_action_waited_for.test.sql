begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
select public.workflow_stop(action_id => (test.log_of(run, 'ask')).id) from given;
select public.workflow_emit('order.paid');
select test.work_off();

select is_empty('select from workflow_engine.event_wait', 'no event finds it');
select is((test.log_of(run, 'ask')).status, 'stopped', 'and it stays stopped') from given;

select * from finish();
rollback;
