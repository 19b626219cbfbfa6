begin;
select plan(2);

create temporary table given on commit drop as select test.create_workflow('w') as workflow;

select is(
  public.workflow_export(workflow),
  '{"name": "w", "trigger": "test.happened", "actions": [{"name": "a", "action_type": "log", "payload": {"message": "hello"}}]}',
  'no id, no date, no switch and no default'
)
from given;
update public.workflow set is_active = false;
select is((select count(*) from public.workflow_versions((select workflow from given))), 1::bigint, 'whether it is active is no part of it');

select * from finish();
rollback;
