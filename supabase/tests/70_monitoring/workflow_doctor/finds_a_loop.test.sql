begin;
select plan(2);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.update');
select is((select d.finding from public.workflow_doctor() d where d.subject = 'loops'), 'ok', 'at first there is none');
update workflow_engine.settings set max_runs_per_record = 1;
insert into public.test_orders (id) values (7);
update public.test_orders set status = 'seen';
update public.test_orders set status = 'seen again';
select workflow_engine.expand_events();

select matches(
  (select d.finding from public.workflow_doctor() d where d.subject = 'loops'),
  '^Workflow "w" began too many runs about public.test_orders 7: the last was put off at ',
  'then it names the workflow and the record'
);

select * from finish();
rollback;
