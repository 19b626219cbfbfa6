begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log", "depends_on": ["a"]},
  {"name": "c", "action_type": "log", "depends_on": ["b"]},
  {"name": "d", "action_type": "log", "depends_on": ["c"], "run_if": "failure"},
  {"name": "e", "action_type": "log", "depends_on": ["c"], "run_if": "always"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');

select is(
  test.statuses(run),
  '{"a": "failed", "b": "skipped", "c": "skipped", "d": "skipped", "e": "completed"}',
  'down the line, but for what runs always'
)
from given;
select is(test.reasons(run), '{"b": "dependency", "c": "dependency", "d": "dependency"}', 'each for the same reason') from given;

select * from finish();
rollback;
