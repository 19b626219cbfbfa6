begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "no such address", "final": true, "http_status": 404}');

select results_eq(
  'select status, final, attempt, tries, error, http_status, completed_at is not null from public.workflow_action_logs',
  $$values ('failed', true, 1, 0, 'no such address', 404, true)$$,
  'a final error fails at the first attempt'
);

select is(test.run_status(run), 'failed', 'and its run with it') from given;

select * from finish();
rollback;
