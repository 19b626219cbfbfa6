begin;
select plan(3);

create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "my_own", "payload": {}}]'), test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "job.done", "timeout": "60 days"}}}');
select test.travel('50 days');
select public.workflow_action_log_cron();
select results_eq('select name from workflow_engine.awaited_name', $$values ('job.done')$$, 'not while somebody does');

select public.workflow_emit('job.done');
select test.work_off();
select is(test.run_status(run), 'completed', 'it came') from given;
select public.workflow_action_log_cron();
select is_empty('select from workflow_engine.awaited_name', 'but then');

select * from finish();
rollback;
