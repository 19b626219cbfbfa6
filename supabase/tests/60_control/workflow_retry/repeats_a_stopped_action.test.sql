begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_stop(action_id => (test.log_of(run, 'a')).id) from given;
select is(test.run_status(run), 'stopped', 'its run had ended') from given;
select public.workflow_retry(run) from given;
select test.work_off();

select is(test.statuses(run), '{"a": "completed", "b": "completed"}', 'and what follows') from given;

select * from finish();
rollback;
