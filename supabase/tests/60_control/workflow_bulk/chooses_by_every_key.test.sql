begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', organization_column => 'organization_id');
select test.create_workflow('w', '{1,1}', 'public.test_orders.insert');
select test.create_workflow('other');
insert into public.test_orders (id, organization_id) values (7, 'a'), (8, 'b');
select test.work_off('{"b": {"status": "failed", "final": true, "error": "Card declined: 51"}}');
select test.travel('1 hour');
select test.start_run();
select test.work_off('{"a": {"status": "failed", "final": true, "error": "Timeout"}}');
select test.start_run();
select test.work_off();

select results_eq(
  $$
    select f.number, public.workflow_bulk('replay', f.filter) -> 'matched'
    from (values
      (1, jsonb '{"workflow": "w"}'),
      (2, jsonb_build_object('workflow_id', (select id from public.workflow where name = 'other'))),
      (3, '{"organization_id": "a"}'),
      (4, '{"organization_id": null}'),
      (5, '{"status": "failed"}'),
      (6, '{"related_table": "public.test_orders"}'),
      (7, '{"related_table": "public.test_orders", "related_table_pkey": "8"}'),
      (8, '{"failed_action": "b"}'),
      (9, '{"failed_action": "a"}'),
      (10, '{"error": "declined"}'),
      (11, '{"error": "decline%"}'),
      (12, '{"failed_action": "a", "error": "declined"}'),
      (13, jsonb_build_object('created_before', workflow_engine.clock() - interval '30 minutes')),
      (14, jsonb_build_object('created_after', workflow_engine.clock() - interval '30 minutes')),
      (15, '{"workflow": "w", "organization_id": "b", "status": "failed"}'),
      (16, '{"workflow": "w", "status": "completed"}'),
      (17, '{"workflow": "nothing"}'),
      (18, '{"status": "failed", "limit": 2}')
    ) f (number, filter)
    order by f.number
  $$,
  $$values
    (1, jsonb '2'), (2, '2'), (3, '1'), (4, '2'), (5, '3'), (6, '2'), (7, '1'), (8, '2'), (9, '1'), (10, '2'), (11, '0'), (12, '0'), (13, '2'),
    (14, '2'), (15, '1'), (16, '0'), (17, '0'), (18, '2')$$,
  'each narrows what is chosen'
);

select * from finish();
rollback;
