begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}') as run;
update public.workflow_action_logs set status = 'failed', error = 'No';
select public.workflow_approve(a.id, null, 'Ada') from public.workflow_approval a;

select is((test.log_of(run, 'ask')).output ->> 'decision', 'approved', 'the action tells what was decided') from given;
select is((select count(*) from public.workflow_history where kind = 'attempt_failed'), 1::bigint, 'and the history that it had failed');
select public.workflow_action_log_cron();
select test.travel('1 hour');
select test.work_off();
select is((test.log_of(run, 'ask')).attempt, 1, 'nobody is asked again') from given;
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
