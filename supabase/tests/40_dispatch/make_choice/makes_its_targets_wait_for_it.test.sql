-- An action that a choice names follows the choice, whatever else it follows.
begin;
select plan(2);

select test.deploy('[
  {"name": "before", "action_type": "log"},
  {"name": "pick", "action_type": "choice", "depends_on": ["before"], "payload": {"choices": [{"if": "$.actions.before.output == 7", "then": "a"}], "else": "b"}},
  {"name": "a", "action_type": "log", "depends_on": []},
  {"name": "b", "action_type": "log", "depends_on": []}
]');
create temporary table given on commit drop as select test.start_run() as run;

select is(test.statuses(run), '{"before": "not_started"}', 'though they name nothing') from given;

select test.work_off('{"before": {"output": 7}}');
select is(
  test.statuses(run),
  '{"before": "completed", "pick": "completed", "a": "completed", "b": "skipped"}',
  'they wait for the choice, which reads earlier outputs'
)
from given;

select * from finish();
rollback;
