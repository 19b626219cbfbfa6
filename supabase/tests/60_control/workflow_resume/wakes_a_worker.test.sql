begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_pause(run) from given;
select test.claim();
delete from workflow_engine.wake_request;
select test.configure();
select set_config('workflow_engine.wake_muted', '', true);
select public.workflow_resume(run) from given;

select is(test.count_rings(), 1::bigint, 'for what was held');

select * from finish();
rollback;
