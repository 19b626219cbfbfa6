-- A join that has enough stops only what leads to nothing else.
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log"},
  {"name": "join", "action_type": "log", "depends_on": ["a", "b"], "join_count": 1},
  {"name": "other", "action_type": "log", "depends_on": ["b"]}
]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') from claimed;
select is(
  test.statuses(run),
  '{"a": "completed", "b": "processing", "join": "not_started"}',
  'somebody else waits for it, so it goes on'
)
from given;

select test.report(test.claim_of(answer, 'b'), '{"status": "completed"}') from claimed;
select test.work_off();
select is(
  test.statuses(run),
  '{"a": "completed", "b": "completed", "join": "completed", "other": "completed"}',
  'and nothing is lost'
)
from given;

select * from finish();
rollback;
