begin;
select plan(4);

create temporary table given on commit drop as select test.deploy('[{"name": "a", "action_type": "log"}]') as workflow;
select test.age_versions();
select test.deploy('[{"name": "a", "action_type": "log", "payload": {"message": "Hi"}}, {"name": "b", "action_type": "log", "depends_on": ["a"]}]', '{"vars": {"x": 1}}');
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log"}]', '{"trigger": "other"}');
select test.age_versions();

select is(
  public.workflow_restore(workflow, 2),
  jsonb_build_object('workflow_id', workflow, 'version', 4, 'changed', true, 'warnings', '[]'::jsonb),
  'as a new version'
)
from given;
select is_empty('select c.* from given, public.workflow_compare(workflow, 2, 4) c', 'that says the same');
select is((select trigger from public.workflow), 'test.happened', 'the tables do, too');
select is(public.workflow_restore(workflow, 4) -> 'changed', 'false', 'the current one is there already') from given;

select * from finish();
rollback;
