begin;
select plan(4);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log", "depends_on": ["a"]},
  {"name": "c", "action_type": "log", "depends_on": ["b"]},
  {"name": "sorry", "action_type": "log", "depends_on": ["a"], "run_if": "failure"},
  {"name": "beside", "action_type": "log", "depends_on": [], "condition": "1 == 2"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
select is(
  test.statuses(run), '{"a": "failed", "b": "skipped", "c": "skipped", "sorry": "completed", "beside": "skipped"}', 'after the failure'
)
from given;
select public.workflow_retry(run) from given;
select test.work_off();

select is(
  test.statuses(run), '{"a": "completed", "b": "completed", "c": "completed", "sorry": "completed", "beside": "skipped"}', 'now what follows runs'
)
from given;
select is(test.reasons(run), '{"beside": "condition"}', 'what had another reason stays skipped') from given;
select is(test.run_status(run), 'completed', 'the run ends well') from given;

select * from finish();
rollback;
