begin;
select plan(1);

create temporary table given on commit drop as select test.create_workflow('w') as workflow;
select test.start_run();
select public.workflow_pause(workflow_id => workflow) from given;
select test.claim();
select test.forget_rings();
select public.workflow_resume(workflow_id => workflow) from given;

select is(test.count_rings(), 1::bigint, 'for what was held of all its runs');

select * from finish();
rollback;
