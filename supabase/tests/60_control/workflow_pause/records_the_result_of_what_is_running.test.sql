begin;
select plan(5);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_pause(run) from given;

select is(test.report(claim, '{"status": "completed", "output": 1}') -> 'accepted', '1', 'it ends as it would') from claimed;
select is((test.log_of(run, 'a')).output, '1', 'with its output') from given;
select is(test.work_off(), 0, 'nothing follows');
select public.workflow_resume(run) from given;
select is(test.work_off(), 1, 'until the run is resumed');
select is(test.run_status(run), 'completed', 'then it ends') from given;

select * from finish();
rollback;
