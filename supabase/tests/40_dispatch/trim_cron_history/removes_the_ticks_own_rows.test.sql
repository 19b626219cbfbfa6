-- pg_cron keeps a row of every run for ever, and other jobs' rows are not ours.
begin;
select plan(2);

delete from cron.job_run_details;
insert into cron.job_run_details (jobid, runid, username, end_time)
select j.jobid + o.foreign_job, 1000000 + row_number() over (), current_user, clock_timestamp() - o.age
from cron.job j
cross join (values (0, interval '25 hours'), (0, interval '23 hours'), (1000, interval '25 hours')) o (foreign_job, age)
where j.jobname = 'workflow-tick';

select test.travel(date_trunc('hour', workflow_engine.clock()) + interval '61 minutes' - workflow_engine.clock());
select public.workflow_action_log_cron();
select is((select count(*) from cron.job_run_details), 3::bigint, 'during the hour it removes nothing');

select test.travel('59 minutes 1 second');
select public.workflow_action_log_cron();

select set_eq(
  $$select d.jobid = j.jobid as is_own, d.end_time < clock_timestamp() - interval '1 day' as is_old from cron.job_run_details d, cron.job j where j.jobname = 'workflow-tick'$$,
  'values (true, false), (false, true)',
  'at the hour it removes its own of more than a day ago, and no other'
);

select * from finish();
rollback;
