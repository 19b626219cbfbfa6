begin;
select plan(4);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "timeout_ms": 3600000}');

select test.travel('59 minutes');
select public.workflow_action_log_cron();
select is(test.statuses(run), '{"a": "waiting"}', 'before the timeout it waits') from given;

select test.travel('1 minute');
select public.workflow_action_log_cron();
select is(test.statuses(run), '{"a": "failed"}', 'then it fails') from given;
select is((select error from public.workflow_action_logs), 'No answer came before the timeout', 'and says why');
select is(test.run_status(run), 'failed', 'and so does its run') from given;

select * from finish();
rollback;
