begin;
select plan(3);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
insert into public.test_orders (id) values (1);

select is(workflow_engine.expand_events(), 1, 'the first look takes the event');
select is(workflow_engine.expand_events(), 0, 'the second finds nothing');

update public.workflow_event set expanded_at = null;
select workflow_engine.expand_events();

select is((select count(*) from public.workflow_run), 1::bigint, 'even an event that is matched again starts a workflow once');

select * from finish();
rollback;
