-- Before workflow_configure(): nothing fails, nothing is queued.
begin;
select plan(3);

select test.configure();
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
delete from vault.secrets where name = 'workflow_function_url';
insert into public.test_orders (id) values (1);

select is(test.count_rings(), 0::bigint, 'without a URL nothing is queued');
select is(workflow_engine.ring(), null, 'and ring() says so');
select is((select count(*) from public.workflow_event), 1::bigint, 'the event is recorded all the same');

select * from finish();
rollback;
