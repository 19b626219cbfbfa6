begin;
select plan(1);

select test.deploy('[{"name": "old", "action_type": "log"}]', '{"name": "child", "trigger": "never"}');
select test.age_versions();
select test.deploy('[{"name": "new", "action_type": "log"}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as select test.start_wait('{"kind": "run", "workflow": "child"}') as run;

select results_eq(
  'select c.workflow_version, test.statuses(c.id) from public.workflow_run c where c.parent_run_id is not null',
  $$values (2, jsonb '{"new": "completed"}')$$,
  'as any run that begins now'
);

select * from finish();
rollback;
