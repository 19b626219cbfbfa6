begin;
select plan(2);

update workflow_engine.settings set max_runs_per_record = 1;
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
select test.create_workflow('beside', trigger => 'public.test_orders.insert');
select test.create_workflow('later', trigger => 'public.test_orders.update');
insert into public.test_orders (id) values (7);
select is(test.work_off(), 2, 'one run of each');
update public.test_orders set status = 'a';
select is(test.work_off(), 1, 'and of another one later');

select * from finish();
rollback;
