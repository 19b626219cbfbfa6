begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child", "wait": false}}');

select is(
  (test.log_of(run, 'ask')).output, jsonb_build_object('run_id', c.id, 'status', 'running', 'output', '{}'::jsonb), 'it is told which run it is'
)
from given
join public.workflow_run c on c.parent_run_id = run;
select is(test.run_status(run), 'completed', 'and goes on') from given;
select test.work_off('{"a": {"status": "failed", "final": true}}');
select is(test.run_status(run), 'completed', 'whatever becomes of the child') from given;

select * from finish();
rollback;
