begin;
select plan(3);

select test.create_workflow('w', '{1,1,2}');
create temporary table given on commit drop as select test.start_run() as run;

select is(public.workflow_stop(action_id => (test.log_of(run, 'a')).id), '{"stopped": 1}', 'it says so') from given;
select test.work_off();
select is(test.statuses(run), '{"a": "stopped", "b": "completed", "c": "skipped"}', 'its siblings go on, what follows does not') from given;
select is(test.run_status(run), 'stopped', 'and the run ends stopped') from given;

select * from finish();
rollback;
