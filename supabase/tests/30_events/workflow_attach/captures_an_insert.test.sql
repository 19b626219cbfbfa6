-- The payload is the one of Supabase's own database webhooks.
begin;
select plan(2);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');

insert into public.test_orders (id, status) values (7, 'open');

select results_eq(
  'select name, source, related_table, related_table_pkey, payload from public.workflow_event',
  $$
    values (
      'public.test_orders.insert', 'table', 'public.test_orders', '7',
      '{
        "type": "INSERT", "schema": "public", "table": "test_orders", "old_record": null,
        "record": {"id": 7, "status": "open", "organization_id": null, "due_at": null, "secret": null}
      }'::jsonb
    )
  $$,
  'an insert is an event with the new record'
);

select ok(
  (select occurred_at - workflow_engine.clock() between interval '-5 s' and interval '0' and expanded_at is null from public.workflow_event),
  'it happened now, and nothing was evaluated in the user''s transaction'
);

select * from finish();
rollback;
