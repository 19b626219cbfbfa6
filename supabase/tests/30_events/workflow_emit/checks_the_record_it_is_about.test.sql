-- The claim reads the record in a batch with others: a key that cannot be one is refused here.
begin;
select plan(4);

select test.create_orders_table();

select throws_ok(
  $$select public.workflow_emit('x', related_table => 'public.test_orders', related_table_pkey => '1')$$,
  'PT422',
  'Cannot emit an event about "public.test_orders": that table is not attached',
  'a table that is not attached'
);

select public.workflow_attach('public.test_orders');

select throws_ok(
  $$select public.workflow_emit('x', related_table => 'public.test_orders', related_table_pkey => 'one')$$,
  'PT422',
  'Cannot emit an event about "public.test_orders": "one" is not a key of it. invalid input syntax for type bigint: "one"',
  'a key of another type'
);

select lives_ok(
  $$select public.workflow_emit('x', related_table => 'public.test_orders', related_table_pkey => '1')$$,
  'a key that no record has yet is fine'
);

select results_eq(
  'select related_table, related_table_pkey from public.workflow_event',
  $$values ('public.test_orders', '1')$$,
  'and recorded with the event'
);

select * from finish();
rollback;
