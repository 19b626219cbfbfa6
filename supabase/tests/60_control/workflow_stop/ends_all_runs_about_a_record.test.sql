begin;
select plan(4);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
select test.create_workflow('other', trigger => 'public.test_orders.insert');
update public.workflow_action set delay = '1 hour';
insert into public.test_orders (id) values (7), (8);
select test.work_off();
select public.workflow_pause(r.id) from public.workflow_run r where r.related_table_pkey = '7' limit 1;

select is(
  public.workflow_stop(related_table => 'public.test_orders', related_table_pkey => '7', reason => 'Deleted', actor => 'Ada'),
  '{"stopped": 2}',
  'of every workflow, paused or not'
);
select results_eq(
  'select r.related_table_pkey, r.status, count(*) from public.workflow_run r group by 1, 2 order by 1',
  $$values ('7', 'stopped', 2::bigint), ('8', 'running', 2)$$,
  'and of no other record'
);
select is(
  (select count(*) from public.workflow_history h where h.kind = 'stopped' and h.actor = 'Ada' and h.reason = 'Deleted' and h.run_id is not null),
  2::bigint,
  'the history has each'
);
select is(
  public.workflow_stop(related_table => 'public.test_orders', related_table_pkey => '7'), '{"stopped": 0}', 'when there are none, nothing is wrong'
);

select * from finish();
rollback;
