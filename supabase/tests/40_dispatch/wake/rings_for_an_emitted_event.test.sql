begin;
select plan(1);

select test.configure();
select test.create_workflow('w');
select test.start_run();

select is(test.count_rings(), 1::bigint, 'an action that is due rings');

select * from finish();
rollback;
