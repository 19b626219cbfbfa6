-- The fields that make a graph, at the table itself.
begin;
select plan(9);

select test.create_workflow('w', '{1,2}');

select throws_ok(
  format('update public.workflow_action set %s where name = %L', f.assignment, 'b'), '23514',
  format('new row for relation "workflow_action" violates check constraint "%s"', f.broken), f.assignment
)
from (values
  ($$run_if = 'sometimes'$$, 'run_if_is_known'),
  ('join_count = 0', 'join_count_is_positive'),
  ($$join_count = 1, run_if = 'always'$$, 'a_join_counts_successes'),
  ('max_concurrency = 0', 'max_concurrency_is_positive'),
  ('tolerated_failure_count = -1', 'tolerated_failure_count_is_not_negative'),
  ('tolerated_failure_percentage = 101', 'tolerated_failure_percentage_is_a_percentage'),
  ($$headers = '[]'$$, 'headers_are_an_object')
) f (assignment, broken);
select throws_ok($$update public.workflow set vars = '[]'$$, '23514', 'new row for relation "workflow" violates check constraint "vars_are_an_object"', 'vars = []');
select throws_ok(
  $$update public.workflow_action set for_each = '$.event[' where name = 'b'$$, 'PT422', null, 'a for_each that is no path'
);

select * from finish();
rollback;
