begin;
select plan(4);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;

select is(public.workflow_pause(run), '{"status": "paused"}', 'in its answer') from given;
select is(test.run_status(run), 'paused', 'and in the run') from given;
select is(public.workflow_resume(run), '{"status": "running"}', 'until it is resumed') from given;
select is(test.run_status(run), 'running', 'and so does the run') from given;

select * from finish();
rollback;
