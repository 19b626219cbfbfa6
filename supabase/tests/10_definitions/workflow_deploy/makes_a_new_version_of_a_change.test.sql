begin;
select plan(4);

create temporary table given on commit drop as
select test.deploy('[{"name": "keep", "action_type": "log"}, {"name": "gone", "action_type": "log"}]') as workflow;
select test.age_versions();
update public.workflow set is_active = false;
create temporary table before on commit drop as select name, id, created_at from public.workflow_action;

select is(
  public.workflow_deploy('{"name": "w", "trigger": "test.happened", "actions": [{"name": "keep", "action_type": "log", "max_retries": 1}, {"name": "new", "action_type": "log"}]}'),
  jsonb_build_object('workflow_id', workflow, 'version', 2, 'changed', true, 'warnings', '[]'::jsonb),
  'the same workflow gets version 2'
)
from given;
select results_eq(
  'select name, max_retries from public.workflow_action order by name',
  $$values ('keep', 1), ('new', 5)$$,
  'what the document leaves out is gone'
);
select is(
  (select id from public.workflow_action where name = 'keep'),
  (select id from before where name = 'keep'),
  'an action of the same name stays the same one'
);
select ok(not is_active, 'the switch beside the definition stays as it is') from public.workflow;

select * from finish();
rollback;
