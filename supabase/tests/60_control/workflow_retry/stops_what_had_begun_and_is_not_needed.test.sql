-- Items that completed are not lost with the branch that is not taken this time.
begin;
select plan(4);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "sorry", "action_type": "log", "depends_on": ["a"], "run_if": "failure", "for_each": "$.event.items"}
]');
create temporary table given on commit drop as select test.start_run('{"items": ["one", "two"]}') as run;
select test.work_off('{
  "a": {"status": "failed", "final": true}, "sorry[0]": {"output": "sent"}, "sorry[1]": {"status": "failed", "final": true}
}');
select public.workflow_retry(run) from given;
select test.work_off();

select is(test.statuses(run), '{"a": "completed", "sorry": "stopped"}', 'nobody has to be told any more') from given;
select is(test.reasons(run), '{"sorry": "dependency"}', 'because it did not fail this time') from given;
select is(test.items(run), array['completed', 'failed'], 'what was done stays as it was') from given;
select is(test.run_status(run), 'completed', 'and the run ends well') from given;

select * from finish();
rollback;
