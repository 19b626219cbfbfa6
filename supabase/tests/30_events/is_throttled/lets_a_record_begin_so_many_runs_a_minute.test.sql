begin;
select plan(4);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.update');
insert into public.test_orders (id) values (7), (8);
do $$
begin
  for n in 1..61 loop
    update public.test_orders set status = n::text where id = 7;
    perform workflow_engine.expand_events();
  end loop;
end;
$$;
update public.test_orders set status = 'x' where id = 8;
select workflow_engine.expand_events();

select results_eq(
  $$
    select r.related_table_pkey, r.starts_at - r.created_at > '55 seconds', count(*)
    from public.workflow_run r
    group by 1, 2
    order by 1, 2
  $$,
  $$values ('7', false, 60::bigint), ('7', true, 1), ('8', false, 1)$$,
  'sixty; the next begins a minute later, and other records are not concerned'
);
select results_eq(
  $$
    select h.workflow_id = (select id from public.workflow), h.error, h.detail - 'event_id'
    from public.workflow_history h
    where h.kind = 'throttled'
  $$,
  $$values (true, 'A record began more than 60 runs within a minute', jsonb '{"related_table": "public.test_orders", "related_table_pkey": "7"}')$$,
  'the history tells'
);
select is(test.work_off(), 61, 'what may begin does');
select test.travel('61 seconds');
select is(test.work_off(), 1, 'and then the other');

select * from finish();
rollback;
