begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', events => '{insert,delete}');

insert into public.test_orders (id) values (1);
update public.test_orders set status = 'x';
delete from public.test_orders;

select results_eq(
  'select name from public.workflow_event order by id, name desc',
  array['public.test_orders.insert', 'public.test_orders.delete'],
  'an update that was not asked for is no event'
);

select * from finish();
rollback;
