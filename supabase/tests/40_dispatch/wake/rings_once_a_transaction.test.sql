begin;
select plan(2);

select test.configure();
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
insert into public.test_orders (id) select generate_series(1, 100);
update public.test_orders set status = 'x';
insert into public.test_orders (id) values (101);

select is((select count(*) from workflow_engine.wake_request), 1::bigint, 'three statements leave one row');
select is(test.count_rings(), 1::bigint, 'and ring once');

select * from finish();
rollback;
