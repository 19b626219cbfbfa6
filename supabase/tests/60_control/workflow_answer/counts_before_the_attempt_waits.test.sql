-- Whoever was called is faster than the report that it said 202.
begin;
select plan(4);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;

select is(
  public.workflow_answer((test.log_of(run, 'a')).id, 1, '{"status": "completed", "output": 1}'), '{"status": "completed"}', 'it is the answer'
)
from given;
select is(
  test.report(claim, '{"status": "waiting"}') -> 'stale', jsonb_build_array(claim -> 'id'), 'the report comes too late'
)
from claimed;
select is((test.log_of(run, 'a')).output, '1', 'and changes nothing') from given;
select test.work_off();
select is(test.run_status(run), 'completed', 'the run goes on') from given;

select * from finish();
rollback;
