begin;
select plan(4);

select test.create_workflow('w', '{1,1,2,3}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'a'), '{"status": "failed", "final": true}') from claimed;
select is(test.run_status(run), 'running', 'a sibling that is still at work is waited for') from given;

select test.report(test.claim_of(answer, 'b'), '{"status": "completed"}') from claimed;

select is(
  test.statuses(run),
  '{"a": "failed", "b": "completed", "c": "skipped", "d": "skipped"}',
  'then all that remains is skipped'
)
from given;

select is(test.run_status(run), 'failed', 'and the run has failed') from given;

select is(test.reasons(run), '{"c": "dependency", "d": "dependency"}', 'what is skipped says why') from given;

select * from finish();
rollback;
