-- Of branches that were not taken, nothing follows; of one that was, all does.
begin;
select plan(3);

select test.deploy('[
  {"name": "pick", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n == 1", "then": ["a"]}, {"if": "$.event.n == 2", "then": ["b"]}]}},
  {"name": "a", "action_type": "log", "depends_on": []},
  {"name": "b", "action_type": "log", "depends_on": []},
  {"name": "after_a", "action_type": "log", "depends_on": ["a"]},
  {"name": "end", "action_type": "log", "depends_on": ["a", "b"]},
  {"name": "after_none", "action_type": "log", "depends_on": ["after_a", "b"]}
]');
create temporary table given on commit drop as select test.start_run('{"n": 2}') as two, test.start_run('{"n": 3}') as three;
select test.work_off();

select is(
  test.statuses(two),
  '{"pick": "completed", "a": "skipped", "b": "completed", "after_a": "skipped", "end": "completed", "after_none": "completed"}',
  'one branch is enough to go on'
)
from given;
select is(
  test.reasons(three),
  '{"a": "choice", "b": "choice", "after_a": "dependency", "end": "dependency", "after_none": "dependency"}',
  'without any, everything is skipped'
)
from given;
select is(test.run_status(three), 'completed', 'and the run completes') from given;

select * from finish();
rollback;
