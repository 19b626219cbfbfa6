-- Not the one of the event.
begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
update public.workflow_action set payload = '{"now": "{{ $.record.status }}", "then": "{{ $.event.record.status }}"}';

insert into public.test_orders (id, status) values (1, 'open'), (2, 'open');
update public.test_orders set status = 'paid' where id = 1;
delete from public.test_orders where id = 2;
create temporary table given on commit drop as select jsonb_array_elements(test.claim() -> 'claims') as claim;

select set_eq(
  $$select l.related_table_pkey, claim -> 'values' from given join public.workflow_action_logs l on l.id = (claim ->> 'id')::uuid$$,
  $$values ('1', '["paid", "open"]'::jsonb), ('2', '[null, "open"]')$$,
  'an updated record is the new one, a deleted one is null'
);

select * from finish();
rollback;
