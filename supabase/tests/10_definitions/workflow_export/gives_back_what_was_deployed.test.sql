begin;
select plan(2);

create temporary table given on commit drop as
select (public.workflow_deploy(d.document) ->> 'workflow_id')::uuid as workflow, d.document
from (values ('{"name": "shop", "trigger": "order.paid", "description": "All of it", "vars": {"n": 1}, "priority": 3, "actions": [{"name": "a", "action_type": "log", "payload": {"message": "{{ $.vars.n }}"}}, {"name": "b", "action_type": "log", "order": 2, "delay": "01:00:00", "depends_on": ["a"], "timeout_seconds": 5}]}'::jsonb)) d (document);

select is(public.workflow_export(workflow), document, 'the same document, without defaults') from given;
select is(
  public.workflow_deploy(public.workflow_export(workflow)) -> 'changed',
  'false',
  'which deploys to the same version'
)
from given;

select * from finish();
rollback;
