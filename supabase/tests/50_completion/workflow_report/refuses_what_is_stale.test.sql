-- The attempt is the only fencing token (invariant 2: a result is recorded exactly once).
begin;
select plan(5);

select test.create_workflow('w');
select test.start_run();
create temporary table given on commit drop as select test.claim() #> '{claims,0}' as first;
select test.report(first, '{"status": "released"}') from given;
create temporary table again on commit drop as select test.claim() #> '{claims,0}' as second;

select is(
  test.report(first, '{"status": "completed", "output": "late"}') - array['actions', 'claims', 'next_due_ms'],
  jsonb_build_object('accepted', 0, 'stale', jsonb_build_array(first -> 'id'), 'stopped', '[]'::jsonb),
  'the result of an earlier attempt is refused and listed'
)
from given;

select is((select status from public.workflow_action_logs), 'processing', 'and changes nothing');

select test.report(second, '{"status": "completed", "output": "first"}') from again;

select is(test.report(second, '{"status": "completed", "output": "second"}') -> 'accepted', '0', 'nor does the same result count twice') from again;
select is((select output from public.workflow_action_logs), '"first"', 'the first one stays');

select is(
  test.report(jsonb_build_object('id', workflow_engine.new_id(), 'attempt', 1), '{"status": "completed"}') -> 'accepted',
  '0',
  'what does not exist is stale, too'
);

select * from finish();
rollback;
