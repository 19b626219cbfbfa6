begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
select test.forget_rings();
select public.workflow_retry(run) from given;

select is(test.count_rings(), 1::bigint, 'for what is to be repeated');

select * from finish();
rollback;
