begin;
select plan(2);

select test.deploy('[{"name": "a", "action_type": "log"}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "each", "action_type": "start_workflow", "for_each": "$.event.items", "payload": {"workflow": "child", "input": {"item": "{{ $.item }}"}}}
]'), test.start_run('{"items": [1, 2]}') as run;
select test.work_off('{
  "each[0]": {"status": "waiting", "wait": {"kind": "run", "workflow": "child", "input": {"item": 1}}},
  "each[1]": {"status": "waiting", "wait": {"kind": "run", "workflow": "child", "input": {"item": 2}}}
}');

select is(test.items(run), array['completed', 'completed'], 'and waits for all') from given;
select is(
  (
    select jsonb_agg(e.payload order by l.item_index)
    from given
    join public.workflow_run c on c.parent_run_id = run
    join public.workflow_event e on e.id = c.event_id
    join public.workflow_action_logs l on l.id = c.parent_action_log_id
  ),
  '[{"item": 1}, {"item": 2}]',
  'each with its own'
);

select * from finish();
rollback;
