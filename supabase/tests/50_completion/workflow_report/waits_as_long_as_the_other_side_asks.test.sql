begin;
select plan(1);

select test.create_workflow('w', '{1,1}');
select test.start_run();
create temporary table given on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'a'), '{"status": "failed", "retry_after_ms": 90000, "http_status": 429}') from given;
select test.report(test.claim_of(answer, 'b'), '{"status": "failed", "retry_after_ms": 1e300}') from given;

select results_eq(
  $$
    select
      l.tries, l.http_status,
      extract(epoch from l.execute_at - workflow_engine.clock()) between 85 and 90,
      l.execute_at > workflow_engine.clock() + interval '9 years'
    from public.workflow_action_logs l join public.workflow_action a on a.id = l.workflow_action_id order by a.name
  $$,
  $$values (1, 429, true, false), (1, null, false, true)$$,
  'retry_after_ms stands in for the backoff, and a senseless one is ten years'
);

select * from finish();
rollback;
