begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_pause(run) from given;

select is(
  public.workflow_report('test-worker', '[]', jsonb_build_array(jsonb_build_object('id', claim -> 'id', 'attempt', 1))) -> 'stopped',
  '[]',
  'a pause is no stop'
)
from claimed;

select * from finish();
rollback;
