begin;
select plan(3);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
insert into public.test_orders (id) values (1);

select public.workflow_detach('public.test_orders');
insert into public.test_orders (id) values (2);

select results_eq(
  'select related_table_pkey from public.workflow_event',
  array['1'],
  'what comes later is not captured; what was captured stays'
);

select is_empty(
  $$select from pg_catalog.pg_trigger where tgrelid = 'public.test_orders'::regclass$$,
  'no database trigger is left on the table'
);

select is_empty('select from workflow_engine.attachment', 'and no attachment');

select * from finish();
rollback;
