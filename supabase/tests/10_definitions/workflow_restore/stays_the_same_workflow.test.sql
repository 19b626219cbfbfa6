-- Name and organization say which workflow it is, so they stay as they are.
begin;
select plan(2);

create temporary table given on commit drop as select test.deploy('[{"name": "a", "action_type": "log"}]') as workflow;
select test.age_versions();
select test.deploy('[{"name": "a", "action_type": "log", "payload": {"message": "Hi"}}, {"name": "b", "action_type": "log", "depends_on": ["a"]}]', '{"vars": {"x": 1}}');
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log"}]', '{"trigger": "other"}');
select test.age_versions();

update public.workflow set name = 'renamed', organization_id = 'acme';
select test.age_versions();
select test.deploy('[{"name": "z", "action_type": "log"}]');

select is(public.workflow_restore(workflow, 1) -> 'workflow_id', to_jsonb(workflow), 'though it was renamed since') from given;
select results_eq(
  $$select w.name, w.organization_id, a.name from public.workflow w join public.workflow_action a on a.workflow_id = w.id order by w.name$$,
  $$values ('renamed', 'acme', 'a'), ('w', null, 'z')$$,
  'and whoever has its old name now is left alone'
);

select * from finish();
rollback;
