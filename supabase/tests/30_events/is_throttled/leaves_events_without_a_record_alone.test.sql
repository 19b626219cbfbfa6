begin;
select plan(1);

update workflow_engine.settings set max_runs_per_record = 1;
select test.create_workflow('w');
select test.start_run() from generate_series(1, 5);

select is(test.work_off(), 5, 'they cannot come from a loop through a table');

select * from finish();
rollback;
