begin;
select plan(3);

create temporary table given on commit drop as select test.deploy('[{"name": "a", "action_type": "log"}]') as workflow;
select test.age_versions();
select test.deploy('[{"name": "a", "action_type": "log", "payload": {"message": "Hi"}}, {"name": "b", "action_type": "log", "depends_on": ["a"]}]', '{"vars": {"x": 1}}');
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log"}]', '{"trigger": "other"}');
select test.age_versions();

select results_eq(
  $$select v.version, v.is_current, v.saved_by = session_user, v.saved_at <= workflow_engine.clock() from given, public.workflow_versions(workflow) v$$,
  $$values (3, true, true, true), (2, false, true, true), (1, false, true, true)$$,
  'each version with its author, and which one is current'
);
select is_empty('select public.workflow_versions(workflow_engine.new_id())', 'an unknown workflow has none');
select is(public.workflow_export(workflow, 1) -> 'actions', '[{"name": "a", "action_type": "log"}]', 'each can be exported') from given;

select * from finish();
rollback;
