-- A definition written in several statements is one version, not one a statement.
begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
update public.workflow set priority = 1;
update public.workflow_action set max_retries = 1;

select is((select version from public.workflow), 1, 'the workflow names version 1');

select results_eq(
  'select version, priority from workflow_engine.workflow_version',
  'values (1, 1::smallint)',
  'there is one version, and it has the last word'
);

select results_eq(
  'select name, max_retries from workflow_engine.action_version order by name',
  $$values ('a', 1), ('b', 1)$$,
  'with both actions'
);

select * from finish();
rollback;
