begin;
select plan(1);

select test.create_orders_table();
insert into public.test_orders (id, organization_id) values (1, 'a');
select public.workflow_attach('public.test_orders', columns => '{status}', organization_column => 'organization_id');

insert into public.test_orders (id, organization_id) values (2, 'b'), (3, null);
update public.test_orders set status = 'x' where id = 1;
delete from public.test_orders where id = 1;

select results_eq(
  'select name, related_table_pkey, organization_id from public.workflow_event order by name, related_table_pkey',
  $$
    values
      ('public.test_orders.delete', '1', 'a'),
      ('public.test_orders.insert', '2', 'b'),
      ('public.test_orders.insert', '3', null),
      ('public.test_orders.update', '1', 'a')
  $$,
  'an event belongs to its record''s organization, listed column or not'
);

select * from finish();
rollback;
