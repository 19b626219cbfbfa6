begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child", "on_failure": "continue"}},
  {"name": "sorry", "action_type": "log", "order": 2, "condition": "$.actions.ask.output.status == \"failed\""}
]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child", "on_failure": "continue"}},
  "a": {"status": "failed", "final": true}
}');

select is(
  (test.log_of(run, 'ask')).output, jsonb_build_object('run_id', c.id, 'status', 'failed', 'output', '{}'::jsonb), 'with its status'
)
from given
join public.workflow_run c on c.parent_run_id = run;
select is(test.statuses(run), '{"ask": "completed", "sorry": "completed"}', 'that a condition may branch on') from given;

select * from finish();
rollback;
