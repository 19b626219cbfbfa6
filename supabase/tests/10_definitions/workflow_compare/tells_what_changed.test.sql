begin;
select plan(3);

create temporary table given on commit drop as select test.deploy('[{"name": "a", "action_type": "log"}]') as workflow;
select test.age_versions();
select test.deploy('[{"name": "a", "action_type": "log", "payload": {"message": "Hi"}}, {"name": "b", "action_type": "log", "depends_on": ["a"]}]', '{"vars": {"x": 1}}');
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log"}]', '{"trigger": "other"}');
select test.age_versions();

select results_eq(
  'select c.* from given, public.workflow_compare(workflow, 1, 2) c',
  $$
    values
      ('/actions/a/payload', null::jsonb, '{"message": "Hi"}'::jsonb),
      ('/actions/b', null, '{"name": "b", "action_type": "log", "depends_on": ["a"]}'),
      ('/vars', null, '{"x": 1}')
  $$,
  'what came, by JSON pointer'
);
select results_eq(
  'select c.* from given, public.workflow_compare(workflow, 2, 3) c',
  $$
    values
      ('/actions/a', '{"name": "a", "action_type": "log", "payload": {"message": "Hi"}}'::jsonb, null::jsonb),
      ('/actions/b/depends_on', '["a"]', null),
      ('/trigger', '"test.happened"', '"other"'),
      ('/vars', '{"x": 1}', null)
  $$,
  'what went and what changed, actions by name'
);
select is_empty('select c.* from given, public.workflow_compare(workflow, 2, 2) c', 'nothing between a version and itself');

select * from finish();
rollback;
