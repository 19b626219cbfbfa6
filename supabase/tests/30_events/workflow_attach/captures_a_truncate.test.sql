begin;
select plan(1);

select test.create_orders_table();
insert into public.test_orders (id) values (1), (2);
select public.workflow_attach('public.test_orders', events => '{insert}');

truncate public.test_orders;

select results_eq(
  'select name, related_table, related_table_pkey, payload from public.workflow_event',
  $$
    values (
      'public.test_orders.truncate', 'public.test_orders', null::text,
      '{"type": "TRUNCATE", "schema": "public", "table": "test_orders", "record": null, "old_record": null}'::jsonb
    )
  $$,
  'a truncate is one event of its own, about no record, whichever events were asked for'
);

select * from finish();
rollback;
