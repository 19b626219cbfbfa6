begin;
select plan(1);

select test.create_orders_table();
insert into public.test_orders (id, status) values (7, 'open');
select public.workflow_attach('public.test_orders');

delete from public.test_orders;

select results_eq(
  $$select name, related_table_pkey, payload -> 'record', payload #>> '{old_record,status}', payload ->> 'type' from public.workflow_event$$,
  $$values ('public.test_orders.delete', '7', 'null'::jsonb, 'open', 'DELETE')$$,
  'a delete is an event with the old record'
);

select * from finish();
rollback;
