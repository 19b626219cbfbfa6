begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('child', trigger => 'never');
select test.deploy(
  '[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]', '{"trigger": "public.test_orders.insert"}'
);
insert into public.test_orders (id) values (7);
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}}');

select results_eq(
  'select r.related_table, r.related_table_pkey from public.workflow_run r where r.parent_run_id is not null',
  $$values ('public.test_orders', '7')$$,
  'a child is about what its parent is about'
);

select * from finish();
rollback;
