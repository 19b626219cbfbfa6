-- run_if: success (none failed), failure (one did), always.
begin;
select plan(5);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log"},
  {"name": "then", "action_type": "log", "depends_on": ["a", "b"]},
  {"name": "alas", "action_type": "log", "depends_on": ["a", "b"], "run_if": "failure"},
  {"name": "anyway", "action_type": "log", "depends_on": ["a", "b"], "run_if": "always"}
]');
create temporary table given on commit drop as
select test.start_run() as well, null::uuid as ill;
select test.work_off();
update given set ill = test.start_run();
select test.work_off('{"b": {"status": "failed", "final": true}}');

select is(
  test.statuses(well),
  '{"a": "completed", "b": "completed", "then": "completed", "alas": "skipped", "anyway": "completed"}',
  'after a success'
)
from given;
select is(
  test.statuses(ill),
  '{"a": "completed", "b": "failed", "then": "skipped", "alas": "completed", "anyway": "completed"}',
  'after a failure'
)
from given;
select is(test.reasons(ill), '{"then": "dependency"}', 'what is skipped says why') from given;
select is(test.run_status(well), 'completed', 'a run without a failure completes') from given;
select is(test.run_status(ill), 'failed', 'what handles a failure does not hide it') from given;

select * from finish();
rollback;
