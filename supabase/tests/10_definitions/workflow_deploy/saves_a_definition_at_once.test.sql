begin;
select plan(4);

create temporary table given on commit drop as select public.workflow_deploy('{"name": "shop", "trigger": "order.paid", "description": "All of it", "vars": {"n": 1}, "priority": 3, "actions": [{"name": "a", "action_type": "log", "payload": {"message": "{{ $.vars.n }}"}}, {"name": "b", "action_type": "log", "order": 2, "delay": "01:00:00", "depends_on": ["a"], "timeout_seconds": 5}]}') as answer;

select is(
  answer - 'workflow_id',
  '{"version": 1, "changed": true, "warnings": []}',
  'it is the first version, as a whole'
)
from given;
select is(
  (select id from public.workflow where name = 'shop' and trigger = 'order.paid' and is_active and vars = '{"n": 1}'),
  (answer ->> 'workflow_id')::uuid,
  'the workflow is there, and active'
)
from given;
select results_eq(
  'select name, "order", delay, depends_on, timeout_seconds, max_retries from public.workflow_action order by name',
  $$values ('a', 1, interval '0', null::text[], 60, 5), ('b', 2, interval '1 hour', array['a'], 5, 5)$$,
  'its actions too, with the defaults for what it leaves out'
);
select results_eq(
  $$select kind, detail from public.workflow_history$$,
  $$values ('definition_saved', '{"version": 1}'::jsonb)$$,
  'and the history tells once'
);

select * from finish();
rollback;
