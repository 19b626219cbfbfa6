begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "retry_after_ms": 60000}');
select public.workflow_pause(run) from given;
select test.travel('2 minutes');

select is(test.work_off(), 0, 'that is due');
select public.workflow_resume(run) from given;
select is(test.work_off(), 1, 'until the run is resumed');

select * from finish();
rollback;
