begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', organization_column => 'organization_id');
select test.create_workflow('w', '{1,2}', 'public.test_orders.insert', organization_id => 'a');
update public.workflow set priority = 3;
insert into public.test_orders (id, organization_id) values (7, 'a');
select test.work_off();

select results_eq(
  'select organization_id, related_table, related_table_pkey, priority, status from public.workflow_action_logs',
  $$
    values
      ('a', 'public.test_orders', '7', 3::smallint, 'completed'),
      ('a', 'public.test_orders', '7', 3::smallint, 'completed')
  $$,
  'every action log has its run''s'
);

select * from finish();
rollback;
