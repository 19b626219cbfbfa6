begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_stop(run) from given;

select is(
  public.workflow_report('test-worker', '[]', jsonb_build_array(jsonb_build_object('id', claim -> 'id', 'attempt', 1))) -> 'stopped',
  jsonb_build_array(claim -> 'id'),
  'with its heartbeat'
)
from claimed;
select is(
  test.report(claim, '{"status": "completed", "output": 1}') - 'actions' - 'claims' - 'next_due_ms',
  jsonb_build_object('accepted', 0, 'stale', '[]'::jsonb, 'stopped', jsonb_build_array(claim -> 'id')),
  'and its result is refused'
)
from claimed;
select results_eq(
  $$select l.status, l.output, l.lease_expires_at from given, test.log_of(run, 'a') l$$, $$values ('stopped', null::jsonb, null::timestamptz)$$, 'the action stays stopped'
);

select * from finish();
rollback;
