-- Nothing failed, but too few of them had their turn.
begin;
select plan(2);

select test.deploy('[
  {"name": "pick", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n == 1", "then": "a"}], "else": "b"}},
  {"name": "a", "action_type": "log", "order": 2},
  {"name": "b", "action_type": "log", "order": 2},
  {"name": "both", "action_type": "log", "depends_on": ["a", "b"], "join_count": 2, "order": 3},
  {"name": "either", "action_type": "log", "depends_on": ["a", "b"], "join_count": 1, "order": 3}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off();

select is(
  test.statuses(run),
  '{"pick": "completed", "a": "skipped", "b": "completed", "both": "skipped", "either": "completed"}',
  'one branch meets a join of one, and never a join of two'
)
from given;
select is(test.reasons(run), '{"a": "choice", "both": "dependency"}', 'which says why it was skipped') from given;

select * from finish();
rollback;
