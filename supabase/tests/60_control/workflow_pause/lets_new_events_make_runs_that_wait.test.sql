begin;
select plan(3);

select test.create_workflow('w');
select public.workflow_pause(workflow_id => id) from public.workflow;
create temporary table given on commit drop as select test.start_run() as run;

select is(test.work_off(), 0, 'nothing of it runs') from given;
select is(test.run_status(run), 'running', 'but the run is there') from given;
select public.workflow_resume(workflow_id => id) from public.workflow;
select is(test.work_off(), 1, 'and goes on afterwards');

select * from finish();
rollback;
