-- A statement that writes many rows, and one that writes none.
begin;
select plan(3);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');

insert into public.test_orders (id, status) select n, 'open' from generate_series(1, 1000) n;

select is((select count(distinct related_table_pkey) from public.workflow_event), 1000::bigint, 'a thousand rows are a thousand events');

update public.test_orders set status = 'paid' where id <= 10;

select results_eq(
  $$
    select related_table_pkey, payload #>> '{record,id}', payload #>> '{old_record,id}'
    from public.workflow_event where name like '%update' order by related_table_pkey::integer
  $$,
  'select n::text, n::text, n::text from generate_series(1, 10) n',
  'an update pairs each row with its old one'
);

update public.test_orders set status = 'lost' where id > 1000;

select is((select count(*) from public.workflow_event), 1010::bigint, 'a statement that touches no row is no event');

select * from finish();
rollback;
