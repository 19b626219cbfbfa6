-- It has tries left, and the tick would retry it.
begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run, test.start_run() as other;
select test.claim();
update public.workflow_action_logs set status = 'failed', error = 'No';
select public.workflow_stop(run) from given;
select public.workflow_stop(action_id => (test.log_of(other, 'a')).id) from given;

select is(test.run_status(run), 'stopped', 'a run') from given;
select is(test.run_status(other), 'stopped', 'or its action') from given;
select public.workflow_action_log_cron();
select test.travel('1 day');
select is(test.work_off(), 0, 'nothing is retried');

select * from finish();
rollback;
