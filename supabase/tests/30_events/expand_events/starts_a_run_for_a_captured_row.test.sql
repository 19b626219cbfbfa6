-- Not in the user's transaction, but as soon as somebody looks.
begin;
select plan(3);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', '{1,1,2}', 'public.test_orders.insert');

insert into public.test_orders (id) values (1), (2);

select is_empty('select from public.workflow_run', 'the insert itself starts nothing');

select is(workflow_engine.expand_events(), 2, 'two events are taken');

select results_eq(
  $$
    select r.status, r.workflow_version, r.related_table, r.related_table_pkey, count(l.id)
    from public.workflow_run r join public.workflow_action_logs l on l.run_id = r.id and l.status = 'not_started'
    group by r.id order by 4
  $$,
  $$
    values
      ('running', 1, 'public.test_orders', '1', 2::bigint),
      ('running', 1, 'public.test_orders', '2', 2)
  $$,
  'each has a run about its record, with the actions of the first order'
);

select * from finish();
rollback;
