begin;
select plan(2);

select test.deploy('[{"name": "slow", "action_type": "log", "delay": "1 hour"}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as select test.start_wait('{"kind": "run", "workflow": "child"}') as run;
delete from public.workflow_run where id = (select run from given);
select test.travel('61 minutes');
select test.work_off();
select public.workflow_action_log_cron();

select is((select status from public.workflow_run), 'completed', 'a child ends without it');
select is(workflow_engine.has_work(workflow_engine.clock()), false, 'and nobody is kept awake for it');

select * from finish();
rollback;
