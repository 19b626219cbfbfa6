-- The lease outlives the attempt by lease_grace; it is read against the real clock, whatever has been
-- travelled.
begin;
select plan(3);

select test.create_workflow('w');
update public.workflow_action set timeout_seconds = 100;
select test.start_run();
select test.travel('2 days');
select public.workflow_claim('worker-7', 1);

select results_eq(
  'select status, attempt, tries, worker_id, started_at > now() + interval ''47 hours'' from public.workflow_action_logs',
  $$values ('processing', 1, 0, 'worker-7', true)$$,
  'it is processing, in its first attempt, since the engine''s now'
);

select ok(
  (select lease_expires_at - clock_timestamp() between interval '125 seconds' and interval '130 seconds' from public.workflow_action_logs),
  'its lease lasts timeout and grace'
);

select is(test.claim() -> 'claims', '[]', 'nobody else gets it');

select * from finish();
rollback;
