-- One attempt and max_retries retries.
begin;
select plan(3);

select test.create_workflow('w');
update public.workflow_action set max_retries = 2, backoff_base = '0';
create temporary table given on commit drop as select test.start_run() as run;

select test.report(test.claim() #> '{claims,0}', '{"status": "failed"}');
select test.report(test.claim() #> '{claims,0}', '{"status": "failed"}');
select is(test.run_status(run), 'running', 'after two failures there is a third attempt') from given;
select test.report(test.claim() #> '{claims,0}', '{"status": "failed"}');

select results_eq(
  'select status, final, attempt, tries from public.workflow_action_logs',
  $$values ('failed', true, 3, 2)$$,
  'the third failure is the last'
);

select is(test.run_status(run), 'failed', 'and fails the run') from given;

select * from finish();
rollback;
