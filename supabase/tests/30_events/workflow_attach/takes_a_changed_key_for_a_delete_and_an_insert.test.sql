-- What the record was known by is gone: plans for it must end.
begin;
select plan(1);

select test.create_orders_table();
insert into public.test_orders (id) values (1), (2);
select public.workflow_attach('public.test_orders');

update public.test_orders set id = 3 where id = 1;

select results_eq(
  $$
    select name, related_table_pkey, payload ->> 'type', payload #>> '{record,id}', payload #>> '{old_record,id}'
    from public.workflow_event order by name
  $$,
  $$
    values
      ('public.test_orders.delete', '1', 'DELETE', null, '1'),
      ('public.test_orders.insert', '3', 'INSERT', '3', null)
  $$,
  'the old key was deleted, the new one inserted'
);

select * from finish();
rollback;
