begin;
select plan(2);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
update workflow_engine.settings set events_per_batch = 2;

insert into public.test_orders (id) values (1);
insert into public.test_orders (id) values (2);
insert into public.test_orders (id) values (3);

select is(workflow_engine.expand_events(), 2, 'a batch has events_per_batch events');

select results_eq(
  'select related_table_pkey from public.workflow_event where expanded_at is null',
  array['3'],
  'the youngest is left for the next one'
);

select * from finish();
rollback;
