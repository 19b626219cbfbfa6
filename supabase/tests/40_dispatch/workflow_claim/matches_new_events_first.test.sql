-- A wake-up leads to one call: it expands and claims.
begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
insert into public.test_orders (id) values (1);

select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'one call goes from the event to the action');

select * from finish();
rollback;
