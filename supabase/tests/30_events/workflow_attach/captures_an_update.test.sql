begin;
select plan(1);

select test.create_orders_table();
insert into public.test_orders (id, status) values (7, 'open');
select public.workflow_attach('public.test_orders');

update public.test_orders set status = 'paid';

select results_eq(
  $$select name, related_table_pkey, payload #>> '{record,status}', payload #>> '{old_record,status}', payload ->> 'type' from public.workflow_event$$,
  $$values ('public.test_orders.update', '7', 'paid', 'open', 'UPDATE')$$,
  'an update is an event with both records'
);

select * from finish();
rollback;
