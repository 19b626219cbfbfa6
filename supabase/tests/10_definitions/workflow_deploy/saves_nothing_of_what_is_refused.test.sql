begin;
select plan(3);

select public.workflow_deploy('{"name": "shop", "trigger": "order.paid", "description": "All of it", "vars": {"n": 1}, "priority": 3, "actions": [{"name": "a", "action_type": "log", "payload": {"message": "{{ $.vars.n }}"}}, {"name": "b", "action_type": "log", "order": 2, "delay": "01:00:00", "depends_on": ["a"], "timeout_seconds": 5}]}');
create temporary table before on commit drop as
select (select jsonb_agg(to_jsonb(w)) from public.workflow w) as workflows,
  (select jsonb_agg(to_jsonb(a) order by a.id) from public.workflow_action a) as actions,
  (select count(*) from workflow_engine.workflow_version) as versions,
  (select count(*) from public.workflow_history) as history;

select throws_ok(
  $$select public.workflow_deploy('{"name": "shop", "trigger": "t", "actions": [{"name": "a", "action_type": "log", "depends_on": ["z"]}]}')$$,
  'PT422',
  'Cannot deploy workflow "shop": at "/actions/0/depends_on": It names "z", which this workflow does not have',
  'a fault of the graph'
);
select throws_ok(
  $$select public.workflow_deploy('{"name": "new", "trigger": "t", "actions": [{"name": "a b", "action_type": "log"}]}')$$,
  'PT422', null,
  'a fault of a field'
);
select results_eq(
  $$
    select (select jsonb_agg(to_jsonb(w)) from public.workflow w),
      (select jsonb_agg(to_jsonb(a) order by a.id) from public.workflow_action a),
      (select count(*) from workflow_engine.workflow_version),
      (select count(*) from public.workflow_history)
  $$,
  'select * from before',
  'leave everything as it was'
);

select * from finish();
rollback;
