-- continue_on_failure
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log", "continue_on_failure": true},
  {"name": "b", "action_type": "log", "depends_on": ["a"]},
  {"name": "alas", "action_type": "log", "depends_on": ["a"], "run_if": "failure"},
  {"name": "c", "action_type": "log", "depends_on": ["b"], "condition": "$.actions.a.status == \"failed\""}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');

select is(
  test.statuses(run),
  '{"a": "failed", "b": "completed", "alas": "completed", "c": "completed"}',
  'what follows runs, what is for failures too, and a condition can tell'
)
from given;
select is(test.run_status(run), 'completed', 'and the run completes') from given;

select * from finish();
rollback;
