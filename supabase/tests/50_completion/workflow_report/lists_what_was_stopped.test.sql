-- So that the worker aborts the handler, and its late result is refused.
begin;
select plan(4);

select test.create_workflow('w');
select test.start_run();
create temporary table given on commit drop as select test.claim() #> '{claims,0}' as claim;
update public.workflow_action_logs set status = 'stopped', lease_expires_at = null, completed_at = workflow_engine.clock();

select is(
  public.workflow_report('test-worker', '[]', jsonb_build_array(jsonb_build_object('id', claim -> 'id', 'attempt', 1))) - array['actions', 'claims', 'next_due_ms'],
  jsonb_build_object('accepted', 0, 'stale', '[]'::jsonb, 'stopped', jsonb_build_array(claim -> 'id')),
  'the heartbeat learns of it'
)
from given;

select is(test.report(claim, '{"status": "completed"}') -> 'accepted', '0', 'the result is refused') from given;
select is((select status from public.workflow_action_logs), 'stopped', 'it stays stopped');
select is((select status from public.workflow_run), 'stopped', 'and so does its run');

select * from finish();
rollback;
