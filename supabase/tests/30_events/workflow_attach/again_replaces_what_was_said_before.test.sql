begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select public.workflow_attach('public.test_orders', events => '{delete}', columns => '{id}');

insert into public.test_orders (id) values (1);
delete from public.test_orders;

select results_eq(
  $$select name, payload -> 'old_record' from public.workflow_event$$,
  $$values ('public.test_orders.delete', '{"id": 1}'::jsonb)$$,
  'only the last word counts, and nothing is captured twice'
);

select * from finish();
rollback;
