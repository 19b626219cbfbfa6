-- What follows a broken action is decided anew, although it broke itself.
begin;
select plan(3);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "c", "action_type": "log", "depends_on": ["a"], "run_if": "always"},
  {"name": "h", "action_type": "log", "depends_on": ["a"], "run_if": "failure"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{
  "a": {"status": "failed", "final": true}, "c": {"status": "failed", "final": true}, "h": {"status": "failed", "final": true}
}');
select public.workflow_retry(run) from given;

select is(jsonb_path_query_array(test.claim(), '$.actions.*.name'), '["a"]', 'first what went first');
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), '{"status": "completed"}') from given, test.log_of(run, 'a') l;
select test.work_off();
select is(test.statuses(run), '{"a": "completed", "c": "completed", "h": "stopped"}', 'then what follows, if it is still its turn') from given;
select is(test.run_status(run), 'completed', 'and the run ends well') from given;

select * from finish();
rollback;
