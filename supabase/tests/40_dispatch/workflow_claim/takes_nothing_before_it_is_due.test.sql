begin;
select plan(5);

select test.create_workflow('w');
update public.workflow_action set delay = '10 minutes';
select test.start_run();
create temporary table given on commit drop as select test.claim() as answer;

select is(answer -> 'claims', '[]', 'before its delay is over nothing is due') from given;

select ok(
  (answer ->> 'next_due_ms')::integer between 599000 and 600000,
  'next_due_ms says in how many milliseconds'
)
from given;

select test.create_workflow('at once', trigger => 'test.urgent');
select test.start_run(event => 'test.urgent');

select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'beside another one that is due, it still is not');

select test.travel('10 minutes');

select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'when it is over it is claimed');
select is(test.claim() -> 'next_due_ms', 'null', 'and when nothing is planned next_due_ms is null');

select * from finish();
rollback;
