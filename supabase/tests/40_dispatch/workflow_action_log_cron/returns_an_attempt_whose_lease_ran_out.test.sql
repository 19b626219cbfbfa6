-- Invariant 3: whatever dies, the tick brings the run on.
begin;
select plan(5);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table lost on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_action_log_cron();

select is((select status from public.workflow_action_logs), 'processing', 'while its lease lasts it is left alone');

select test.expire_leases();
select public.workflow_action_log_cron();

select results_eq(
  'select status, attempt, tries, error, execute_at <= workflow_engine.clock() from public.workflow_action_logs',
  $$values ('not_started', 1, 1, 'The worker "test-worker" was lost: its lease ran out', true)$$,
  'then it is due again, at once, and costs a try'
);

select is((select kind from public.workflow_history where action_log_id is not null), 'attempt_failed', 'the history tells of the lost attempt');
select is(test.claim() #> '{claims,0,attempt}', '2', 'somebody else takes it');
select is(test.report(claim, '{"status": "completed"}') -> 'accepted', '0', 'and the lost worker''s late result is refused') from lost;

select * from finish();
rollback;
