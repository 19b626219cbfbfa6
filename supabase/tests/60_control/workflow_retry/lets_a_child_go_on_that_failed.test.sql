-- What the child had done is not done again.
begin;
select plan(6);

select test.deploy('[{"name": "charge", "action_type": "log"}, {"name": "ship", "action_type": "log", "order": 2}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}, "charge": {"output": 50},
  "ship": {"status": "failed", "final": true, "error": "It is down"}
}');
create temporary table child on commit drop as select c.id from given join public.workflow_run c on c.parent_run_id = run;
select public.workflow_retry(run) from given;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}, "ship": {"output": "shipped"}}');

select is((select count(*) from given join public.workflow_run c on c.parent_run_id = run), 1::bigint, 'it is the same child');
select is((test.log_of(id, 'charge')).attempt, 1, 'charged once') from child;
select is((test.log_of(id, 'ship')).attempt, 2, 'shipped at last') from child;
select is(
  (test.log_of(run, 'ask')).output, jsonb_build_object('run_id', id, 'status', 'completed', 'output', '{"ship": "shipped"}'::jsonb),
  'and its end is told to the new attempt'
)
from given, child;
select is(test.run_status(run), 'completed', 'the parent ends well') from given;
select is(
  (select array_agg(h.kind || ': ' || h.reason) from public.workflow_history h where h.run_id = child.id and h.kind = 'retried'),
  array['retried: The action that started it was retried'], 'the child''s history says why it went on'
)
from child;

select * from finish();
rollback;
