begin;
select plan(1);

update workflow_engine.settings set max_runs_per_record = 1;
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
select test.create_workflow('other', trigger => 'public.test_orders.insert');
insert into public.test_orders (id) values (7);

select is(test.work_off(), 2, 'one run of each');

select * from finish();
rollback;
