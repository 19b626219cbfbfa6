begin;
select plan(2);

select test.create_workflow('w');
select test.start_run();
create temporary table given on commit drop as select test.claim() #> '{claims,0}' as claim;
select test.travel('5 minutes');

select is(
  test.report(claim, '{"status": "completed"}'),
  '{"accepted": 1, "stale": [], "stopped": [], "actions": {}, "claims": [], "next_due_ms": null}',
  'the answer accepts it, and claims nothing that was not asked for'
)
from given;

select results_eq(
  $$
    select status, attempt, tries, final, error, lease_expires_at is null, completed_at - started_at >= interval '5 minutes'
    from public.workflow_action_logs
  $$,
  $$values ('completed', 1, 0, false, null, true, true)$$,
  'it is completed, dated by the engine''s clock, without a lease'
);

select * from finish();
rollback;
