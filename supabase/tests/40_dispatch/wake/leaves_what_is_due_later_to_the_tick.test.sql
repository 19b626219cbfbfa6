begin;
select plan(1);

select test.configure();
select test.create_workflow('w');
update public.workflow set phase = 'after', "interval" = 60;
select test.start_run();

select is(test.count_rings(), 0::bigint, 'an action that is due in an hour rings nobody');

select * from finish();
rollback;
