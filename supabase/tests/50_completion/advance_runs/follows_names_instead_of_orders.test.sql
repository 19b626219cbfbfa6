-- depends_on says what an action follows, whatever the orders are.
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log", "order": 1},
  {"name": "b", "action_type": "log", "order": 2},
  {"name": "c", "action_type": "log", "order": 3, "depends_on": ["a"]},
  {"name": "d", "action_type": "log", "order": 4, "depends_on": []}
]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select is(
  test.statuses(run),
  '{"a": "processing", "d": "processing"}',
  'what follows nothing begins with the run'
)
from given;

select test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') from claimed;

select is(
  test.statuses(run),
  '{"a": "completed", "b": "not_started", "c": "not_started", "d": "processing"}',
  'an action begins when what it names has ended, and waits for nothing else'
)
from given;

select * from finish();
rollback;
