begin;
select plan(3);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;

select is(
  test.report(claim, '{"status": "completed", "output": "late"}') -> 'stale', jsonb_build_array(claim -> 'id'), 'before the next attempt'
)
from claimed;
select test.claim();
select is(
  test.report(claim, '{"status": "completed", "output": "late"}') -> 'stale', jsonb_build_array(claim -> 'id'), 'and during it'
)
from claimed;
select is((test.log_of(run, 'a')).status, 'processing', 'which goes on') from given;

select * from finish();
rollback;
