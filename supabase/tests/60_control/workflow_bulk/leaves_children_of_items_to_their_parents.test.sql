begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "for_each": "$.event.items", "payload": {"workflow": "child"}}]');
select test.start_run('{"items": [1, 2]}');
select test.work_off('{
  "ask[0]": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "ask[1]": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "a": {"status": "failed", "final": true}
}');

select is((select count(*) from public.workflow_run where parent_run_id is not null), 2::bigint, 'given a child for each item');
select is(public.workflow_bulk('retry', '{"status": "failed"}') -> 'matched', '1', 'a retry takes the parent alone');

select * from finish();
rollback;
