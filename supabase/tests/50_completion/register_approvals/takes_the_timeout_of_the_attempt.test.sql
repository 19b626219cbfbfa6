begin;
select plan(1);

select test.deploy('[{"name": "ask", "action_type": "approval", "payload": {"message": "Well?"}}]'), test.start_run();
select test.work_off('{"ask": {"status": "waiting", "timeout_ms": 60000, "wait": {"kind": "approval", "message": "Well?", "expires_in": "1 day", "tokens": []}}}');

select results_eq(
  'select a.expires_at = l.execute_at, a.expires_at - workflow_engine.clock() between ''50 seconds'' and ''1 minute'' from public.workflow_approval a join public.workflow_action_logs l on l.id = a.action_log_id',
  'values (true, true)', 'it counts before what the wait says'
);

select * from finish();
rollback;
