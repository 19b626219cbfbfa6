begin;
select plan(1);

select test.create_workflow('w', '{1,2}');
select test.start_run();
create temporary table given on commit drop as select test.claim() #> '{claims,0}' as claim;

create temporary table answered on commit drop as
select public.workflow_report(
  'test-worker',
  jsonb_build_array(jsonb_build_object('id', claim -> 'id', 'attempt', 1, 'status', 'completed')),
  max_actions => 10
) as answer
from given;

select isnt(test.claim_of(answer, 'b'), null, 'the action that follows comes back with the answer') from answered;

select * from finish();
rollback;
