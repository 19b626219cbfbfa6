begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_pause(run) from given;
select test.report(claim, '{"status": "completed"}') from claimed;

select is(test.run_status(run), 'paused', 'whose last action ended') from given;
select public.workflow_resume(run) from given;
select is(test.run_status(run), 'completed', 'it ends when it is resumed') from given;

select * from finish();
rollback;
