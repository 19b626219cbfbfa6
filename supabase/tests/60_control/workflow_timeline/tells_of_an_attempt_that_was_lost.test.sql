begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.claim();
select test.expire_leases();
select public.workflow_action_log_cron();

select results_eq(
  $$
    select e ->> 'attempt', e ->> 'error', e ->> 'worker_id'
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e
    where e ->> 'kind' = 'attempt_failed'
  $$,
  $$values ('1', 'The worker "test-worker" was lost: its lease ran out', 'test-worker')$$,
  'with its worker'
);

select * from finish();
rollback;
