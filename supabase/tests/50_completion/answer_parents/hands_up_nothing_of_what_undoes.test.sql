begin;
select plan(2);

select test.deploy('[
  {"name": "book", "action_type": "log", "compensate_with": "cancel"},
  {"name": "pay", "action_type": "log", "order": 2},
  {"name": "cancel", "action_type": "log"}
]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child", "on_failure": "continue"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child", "on_failure": "continue"}},
  "book": {"output": "booked"}, "pay": {"status": "failed", "final": true}, "cancel": {"output": "canceled"}
}');

select is(test.statuses(c.id), '{"book": "completed", "pay": "failed", "cancel": "completed"}', 'the child was undone')
from given join public.workflow_run c on c.parent_run_id = run;
select is((test.log_of(run, 'ask')).output - 'run_id', '{"status": "failed", "output": {}}', 'and what came of that is not what it came to') from given;

select * from finish();
rollback;
