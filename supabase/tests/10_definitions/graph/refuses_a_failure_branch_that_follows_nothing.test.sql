begin;
select plan(2);

select throws_ok(
  $$select public.workflow_deploy('{"name": "lonely", "trigger": "test.happened", "actions": [
    {"name": "mend", "action_type": "log", "run_if": "failure"}
  ]}')$$,
  'PT422',
  'Cannot deploy workflow "lonely": at "/actions/0/run_if": It runs when what it follows fails, but follows nothing, so it is never reached',
  'an action that waits for a failure of nothing is refused'
);

select lives_ok(
  $$select public.workflow_deploy('{"name": "lonely", "trigger": "test.happened", "actions": [
    {"name": "work", "action_type": "log"}, {"name": "mend", "action_type": "log", "run_if": "failure", "order": 2}
  ]}')$$,
  'one that follows something is not'
);

select * from finish();
rollback;
