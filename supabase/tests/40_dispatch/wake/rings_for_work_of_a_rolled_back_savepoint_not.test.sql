-- A savepoint that is rolled back takes its request back; the next statement asks anew.
begin;
select plan(2);

select test.configure();
select test.create_orders_table();
select public.workflow_attach('public.test_orders');

savepoint nothing_happened;
insert into public.test_orders (id) values (1);
rollback to savepoint nothing_happened;

select is((select count(*) from workflow_engine.wake_request), 0::bigint, 'what is rolled back asks for nothing');

insert into public.test_orders (id) values (1);

select is(test.count_rings(), 1::bigint, 'what comes after it rings');

select * from finish();
rollback;
