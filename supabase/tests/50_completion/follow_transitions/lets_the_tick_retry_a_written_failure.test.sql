-- status = 'failed' without more is a failure like any other: with backoff, while tries are left.
begin;
select plan(5);

select test.create_workflow('w');
update public.workflow_action set max_retries = 1;
create temporary table given on commit drop as select test.start_run() as run;

create function pg_temp.fail()
returns void
language plpgsql
as $$
begin
  perform test.claim();
  perform test.act_as('service_role');
  update public.workflow_action_logs set status = 'failed', error = 'out of paper';
  reset role;
end;
$$;

select pg_temp.fail();
select is(test.run_status(run), 'running', 'the run is running still') from given;

select public.workflow_action_log_cron();

select results_eq(
  $$
    select status, tries, completed_at, extract(epoch from execute_at - workflow_engine.clock()) between 115 and 132
    from public.workflow_action_logs
  $$,
  $$values ('not_started', 1, null::timestamptz, true)$$,
  'the tick plans a retry, two minutes later'
);

select test.travel('3 minutes');
select pg_temp.fail();
select public.workflow_action_log_cron();

select results_eq(
  'select status, tries, final, error from public.workflow_action_logs',
  $$values ('failed', 1, true, 'out of paper')$$,
  'without tries left it is final'
);

select is(test.run_status(run), 'failed', 'and the run has failed') from given;
select is((select count(*) from public.workflow_history where kind = 'attempt_failed'), 2::bigint, 'the history has both attempts, once each');

select * from finish();
rollback;
