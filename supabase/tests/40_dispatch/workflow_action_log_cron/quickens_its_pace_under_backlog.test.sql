-- Where pg_cron knows seconds (1.5 and later); elsewhere it stays at a minute and nothing fails.
begin;
select plan(2);

select test.create_workflow('w');
select test.start_run();
select public.workflow_action_log_cron();

select is(
  (select j.schedule from cron.job j where j.jobname = 'workflow-tick'),
  (select case when substring(x.extversion from '^1\.(\d+)')::integer >= 5 then '10 seconds' else '* * * * *' end from pg_catalog.pg_extension x where x.extname = 'pg_cron'),
  'under backlog it comes every ten seconds'
);

select test.work_off();
select public.workflow_action_log_cron();

select is(
  (select j.schedule from cron.job j where j.jobname = 'workflow-tick'),
  '* * * * *',
  'when all is done, every minute again'
);

select * from finish();
rollback;
