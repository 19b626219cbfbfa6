begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
update public.workflow_action set max_retries = 1;
create temporary table given on commit drop as select test.start_run() as run;

select test.claim();
select test.expire_leases();
select public.workflow_action_log_cron();
select test.claim();
select test.expire_leases();
select public.workflow_action_log_cron();

select results_eq(
  $$select status, final, attempt, tries from public.workflow_action_logs where status <> 'skipped'$$,
  $$values ('failed', true, 2, 1)$$,
  'after its retries it fails for good'
);

select is(test.run_status(run), 'failed', 'and its run with it') from given;
select is(
  (select count(*) from public.workflow_history where kind = 'attempt_failed'),
  2::bigint,
  'both attempts are in the history'
);

select * from finish();
rollback;
