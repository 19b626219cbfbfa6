-- Paused after its first action had ended, and stopped before the second was there.
begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_pause(run) from given;
select test.report(claim, '{"status": "completed"}') from claimed;
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;

select is(test.work_off(), 1, 'what follows runs');
select is(test.statuses(run), '{"a": "completed", "b": "completed"}', 'after what had completed') from given;

select * from finish();
rollback;
