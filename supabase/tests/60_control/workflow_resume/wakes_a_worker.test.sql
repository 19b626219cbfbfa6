begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_pause(run) from given;
select test.claim();
select test.forget_rings();
select public.workflow_resume(run) from given;

select is(test.count_rings(), 1::bigint, 'for what was held');

select * from finish();
rollback;
