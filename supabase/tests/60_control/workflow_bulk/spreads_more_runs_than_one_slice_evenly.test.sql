-- It works in slices of 200.
begin;
select plan(3);

select test.create_workflow('w');
select test.start_run() from generate_series(1, 450);
select test.work_off('{"a": {"status": "failed", "final": true}}');

select is(
  public.workflow_bulk('retry', '{"workflow": "w"}', dry_run => false, per_minute => 6000),
  '{"matched": 450, "affected": 450, "dry_run": false}', 'all of them'
);
select is((select count(*) from public.workflow_run where status = 'running'), 450::bigint, 'are changed');
select results_eq(
  $$
    select d.number, d.execute_at - d.first
    from (
      select row_number() over (order by l.run_id) as number, l.execute_at, min(l.execute_at) over () as first
      from public.workflow_action_logs l
    ) d
    where d.number in (1, 2, 200, 201, 401, 450)
    order by d.number
  $$,
  $$values
    (1::bigint, interval '0'), (2, '0.01 seconds'), (200, '1.99 seconds'), (201, '2 seconds'), (401, '4 seconds'), (450, '4.49 seconds')$$,
  'each a hundredth of a second after the one before, beyond the first slice, too'
);

select * from finish();
rollback;
