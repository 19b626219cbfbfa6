begin;
select plan(4);

select test.create_orders_table();

select throws_ok(
  $$select public.workflow_attach('public.test_orders', events => '{insert,upsert}')$$,
  'PT422',
  'Cannot attach public.test_orders: the events {insert,upsert} are not among insert, update, delete',
  'an event that does not exist'
);

select throws_ok(
  $$select public.workflow_attach('public.test_orders', events => '{}')$$,
  'PT422',
  'Cannot attach public.test_orders: the events {} are not among insert, update, delete',
  'no event at all'
);

select throws_ok(
  $$select public.workflow_attach('public.test_orders', columns => '{id,colour}')$$,
  'PT422',
  'Cannot attach public.test_orders: it has no column "colour"',
  'a column that does not exist'
);

select throws_ok(
  $$select public.workflow_attach('public.test_orders', organization_column => 'tenant')$$,
  'PT422',
  'Cannot attach public.test_orders: it has no column "tenant"',
  'an organization column that does not exist'
);

select * from finish();
rollback;
