-- A worker takes the work itself: what its claim or report leaves needs no ring.
begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
select test.configure();
select test.claim();
select test.start_run();
select test.work_off();

select is((select status from public.workflow_run), 'completed', 'there was work');
select is(test.count_rings(), 0::bigint, 'and nobody was rung');

select * from finish();
rollback;
