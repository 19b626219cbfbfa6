begin;
select plan(2);

select test.create_workflow('w');
select test.start_run() from generate_series(1, 5);
select test.work_off('{"a": {"status": "failed", "final": true}}');
select public.workflow_bulk('retry', '{"workflow": "w", "limit": 2}', dry_run => false, per_minute => 1) from generate_series(1, 2);
select public.workflow_bulk('retry', jsonb_build_object('workflow', 'w', 'created_before', '2999-01-01'), dry_run => false, per_minute => 1);

select results_eq(
  $$
    select round(extract(epoch from l.execute_at - workflow_engine.clock()) / 60)
    from public.workflow_action_logs l
    where l.status = 'not_started'
    order by l.execute_at
  $$,
  $$values (0::numeric), (1), (2), (3), (4)$$,
  'whatever bounds the filter this time'
);
select is(
  (select count(*) from public.workflow_history h where h.kind = 'retried' and h.detail ? 'next_start'), 3::bigint, 'the history says when the next may begin'
);

select * from finish();
rollback;
