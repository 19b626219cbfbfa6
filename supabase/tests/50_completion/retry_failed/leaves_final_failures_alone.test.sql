begin;
select plan(1);

select test.create_workflow('w');
select test.start_run();
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "final": true}');
select test.travel('1 day');
select public.workflow_action_log_cron();

select is((select status from public.workflow_action_logs), 'failed', 'what no retry mends is not retried');

select * from finish();
rollback;
