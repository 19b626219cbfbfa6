-- In one batch, so that none of them has begun when the others are looked at.
begin;
select plan(2);

update workflow_engine.settings set max_runs_per_record = 2;
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.update');
insert into public.test_orders (id) values (7);
update public.test_orders set status = 'a';
update public.test_orders set status = 'b';
update public.test_orders set status = 'c';
update public.test_orders set status = 'd';
select test.work_off();

select is((select count(*) from public.workflow_run where status = 'completed'), 2::bigint, 'two run');
select is((select count(*) from public.workflow_run where starts_at - created_at > '55 seconds'), 2::bigint, 'two wait a minute');

select * from finish();
rollback;
