-- The parents failed elsewhere: their retry repeats neither an action nor an item that was let fail.
begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "continue_on_failure": true, "payload": {"workflow": "child"}},
  {"name": "b", "action_type": "log", "order": 2}
]', '{"name": "alone"}');
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "for_each": "$.event.items", "tolerated_failure_percentage": 100, "payload": {"workflow": "child"}},
  {"name": "b", "action_type": "log", "order": 2}
]', '{"name": "each"}');
select test.start_run('{"items": [1]}');
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "ask[0]": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "a": {"status": "failed", "final": true}, "b": {"status": "failed", "final": true}
}');

select is(public.workflow_bulk('retry', '{"status": "failed"}', false) -> 'affected', '4', 'a retry takes them, too');
select test.travel('1 minute');
select test.work_off();
select is((select count(*) from public.workflow_run where status = 'completed'), 4::bigint, 'and all complete');
select results_eq(
  $$select l.status from public.workflow_action_logs l where l.waits_for = 'run' order by l.id$$,
  array['failed', 'failed'], 'what had been tolerated stays as it is'
);

select * from finish();
rollback;
