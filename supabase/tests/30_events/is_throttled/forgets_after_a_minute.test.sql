begin;
select plan(3);

update workflow_engine.settings set max_runs_per_record = 1;
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.update');
insert into public.test_orders (id) values (7);
update public.test_orders set status = 'a';
select is(test.work_off(), 1, 'one now');
select test.travel('61 seconds');
update public.test_orders set status = 'b';
select is(test.work_off(), 1, 'one a minute later');
select is_empty($$select from public.workflow_history where kind = 'throttled'$$, 'and nobody had to wait');

select * from finish();
rollback;
