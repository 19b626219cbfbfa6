-- What is not listed leaves the table neither with an event nor with the current record.
begin;
select plan(3);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', columns => '{status}');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
update public.workflow_action set payload = '{"all": "{{ $.record }}"}';

insert into public.test_orders (id, status, secret) values (1, 'open', 'hush');
update public.test_orders set status = 'paid', secret = 'hush, hush';
delete from public.test_orders where id = 2;

select results_eq(
  $$select payload -> 'record', payload -> 'old_record' from public.workflow_event order by name$$,
  $$values ('{"status": "open"}'::jsonb, 'null'::jsonb), ('{"status": "paid"}', '{"status": "open"}')$$,
  'events have these columns and no other'
);

select is(test.claim() #> '{claims,0,values}', '[{"status": "paid"}]', 'and so has the current record');

select results_eq(
  'select distinct related_table_pkey from public.workflow_event',
  array['1'],
  'the key still says which record it was'
);

select * from finish();
rollback;
