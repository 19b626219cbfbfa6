begin;
select plan(2);

select test.deploy('[
  {"name": "first", "action_type": "log"},
  {"name": "left", "action_type": "log", "order": 2},
  {"name": "right", "action_type": "log", "order": 2},
  {"name": "none", "action_type": "log", "order": 2, "condition": "1 == 2"}
]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}},
  {"name": "next", "action_type": "log", "order": 2, "payload": {"left": "{{ $.actions.ask.output.output.left }}"}}
]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "first": {"output": 1}, "left": {"output": {"n": 2}}, "right": {"output": null}
}');

select is(
  (test.log_of(run, 'ask')).output,
  jsonb_build_object('run_id', c.id, 'status', 'completed', 'output', '{"left": {"n": 2}, "right": null}'::jsonb),
  'of what completed last in the child, by name'
)
from given
join public.workflow_run c on c.parent_run_id = run;
select is(test.run_status(run), 'completed', 'and the parent goes on') from given;

select * from finish();
rollback;
