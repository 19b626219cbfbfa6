begin;
select plan(3);

select test.create_workflow('w');
select test.age_versions();

update public.workflow_action set payload = '{"message": "goodbye"}';

select is((select version from public.workflow), 2, 'an edited action makes version 2');

select results_eq(
  'select version, template #>> ''{payload,message}'' from workflow_engine.action_version order by version',
  $$values (1, 'hello'), (2, 'goodbye')$$,
  'the first version stays as it was'
);

select test.age_versions();
delete from public.workflow_action;

select is((select version from public.workflow), 3, 'a deleted action makes version 3');

select * from finish();
rollback;
