-- The first retry passed it over, as its condition was not true that time; the second does not.
begin;
select plan(6);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "d", "action_type": "log"},
  {"name": "e", "action_type": "log"},
  {
    "name": "ask", "action_type": "start_workflow", "depends_on": ["d", "e"], "run_if": "always",
    "condition": "$.actions.e.status == \"failed\"", "payload": {"workflow": "child"}
  }
]'), test.start_run() as run;
select test.work_off('{
  "d": {"status": "failed", "final": true}, "e": {"status": "failed", "final": true}, "a": {"status": "failed", "final": true},
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}
}');
create temporary table before on commit drop as select test.log_of(run, 'ask') as log from given;
select public.workflow_retry(run) from given;
select public.workflow_stop(action_id => (test.log_of(run, 'e')).id) from given;
select test.work_off('{"d": {"status": "failed", "final": true}}');
select is(test.statuses(run), '{"d": "failed", "e": "stopped", "ask": "skipped"}', 'given what was begun, and then passed over') from given;
select public.workflow_retry(run) from given;
select is(
  (select array_agg(e ->> 'reason') from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e where e ->> 'kind' = 'action_skipped'),
  array['condition'], 'the timeline tells that it was'
);
select test.work_off('{
  "d": {"status": "failed", "final": true}, "e": {"status": "failed", "final": true},
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}
}');

select is((test.log_of(run, 'ask')).id, (log).id, 'it is the same action log') from given, before;
select is((test.log_of(run, 'ask')).attempt, 2, 'and another attempt') from given;
select is(test.statuses(run), '{"d": "failed", "e": "failed", "ask": "completed"}', 'that is taken') from given;
select results_eq('select r.status from public.workflow_run r where r.parent_run_id is not null', array['completed'], 'by the child that there was');

select * from finish();
rollback;
