begin;
select plan(2);

select test.create_workflow('w', '{1,1}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;
select public.workflow_stop(action_id => (test.log_of(run, 'a')).id) from given;

select is(
  test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') -> 'stopped', jsonb_build_array(test.claim_of(answer, 'a') -> 'id'), 'its result is refused'
)
from claimed;
select is(test.report(test.claim_of(answer, 'b'), '{"status": "completed"}') -> 'accepted', '1', 'that of its sibling is not') from claimed;

select * from finish();
rollback;
