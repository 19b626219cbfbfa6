begin;
select plan(2);

select test.create_workflow('w');
select test.start_run();
create temporary table given on commit drop as select test.claim() #> '{claims,0}' as claim;
update public.workflow_action_logs set status = 'completed', output = '"application"';

select is(
  test.report(claim, '{"status": "completed", "output": "worker"}') -> 'stale',
  jsonb_build_array(claim -> 'id'),
  'who comes second is stale'
)
from given;

select is((select output from public.workflow_action_logs), '"application"', 'the first result stays');

select * from finish();
rollback;
