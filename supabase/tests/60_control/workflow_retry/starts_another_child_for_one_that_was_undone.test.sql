begin;
select plan(2);

select test.deploy('[
  {"name": "book", "action_type": "log", "compensate_with": "cancel"}, {"name": "pay", "action_type": "log", "order": 2},
  {"name": "cancel", "action_type": "log"}
]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}, "pay": {"status": "failed", "final": true}
}');
select public.workflow_retry(run) from given;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}}');

select is(test.run_status(run), 'completed', 'the parent ends well') from given;
select is(
  (select array_agg(c.status order by c.id) from given join public.workflow_run c on c.parent_run_id = run), array['failed', 'completed'],
  'with its second child'
);

select * from finish();
rollback;
