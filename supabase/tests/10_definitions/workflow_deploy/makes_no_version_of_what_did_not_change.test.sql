begin;
select plan(4);

select public.workflow_deploy('{"name": "shop", "trigger": "order.paid", "description": "All of it", "vars": {"n": 1}, "priority": 3, "actions": [{"name": "a", "action_type": "log", "payload": {"message": "{{ $.vars.n }}"}}, {"name": "b", "action_type": "log", "order": 2, "delay": "01:00:00", "depends_on": ["a"], "timeout_seconds": 5}]}');
select test.age_versions();
create temporary table before on commit drop as select id from public.workflow_action;

select is(
  public.workflow_deploy('{"name": "shop", "trigger": "order.paid", "description": "All of it", "vars": {"n": 1}, "priority": 3, "actions": [{"name": "a", "action_type": "log", "payload": {"message": "{{ $.vars.n }}"}}, {"name": "b", "action_type": "log", "order": 2, "delay": "01:00:00", "depends_on": ["a"], "timeout_seconds": 5}]}') - 'workflow_id',
  '{"version": 1, "changed": false, "warnings": []}',
  'the same document changes nothing'
);
select is(
  public.workflow_deploy('{"name": "shop", "trigger": "order.paid", "description": "All of it", "vars": {"n": 1}, "priority": 3, "actions": [{"name": "b", "action_type": "log", "order": 2, "delay": "60 minutes", "depends_on": ["a"], "timeout_seconds": 5, "run_if": "success"}, {"name": "a", "action_type": "log", "payload": {"message": "{{ $.vars.n }}"}}]}') -> 'changed',
  'false',
  'nor does one that says the same in another order, with other words and defaults'
);
select set_eq('select id from public.workflow_action', 'select id from before', 'the actions are the same');
select is((select count(*) from public.workflow_history), 1::bigint, 'and the history tells of one version');

select * from finish();
rollback;
