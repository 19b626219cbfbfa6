-- No lease; the attempt stays, and the answer must quote it.
begin;
select plan(3);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table asked on commit drop as select test.claim() #> '{claims,0}' as claim;
select test.report(claim, '{"status": "waiting", "timeout_ms": 60000}') from asked;

select results_eq(
  $$
    select status, attempt, tries, lease_expires_at is null, completed_at is null,
      extract(epoch from execute_at - workflow_engine.clock()) between 55 and 60
    from public.workflow_action_logs
  $$,
  $$values ('waiting', 1, 0, true, true, true)$$,
  'it waits, and execute_at is its timeout'
);

select is(test.claim() -> 'claims', '[]', 'meanwhile nobody claims it');
select is(test.run_status(run), 'running', 'its run is running') from given;

select * from finish();
rollback;
