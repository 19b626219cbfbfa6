-- An expression that raises (refused at save, but a newer Postgres may see it otherwise) would fail the
-- batch of all tenants at every claim.
begin;
select plan(3);

select test.create_workflow('broken', trigger => 'broken');
select test.create_workflow('healthy', trigger => 'healthy');
create temporary table given on commit drop as
select test.start_run(event => 'broken') as broken, test.start_run(event => 'healthy') as healthy;
update workflow_engine.action_version set condition = '$.run.event.datetime("RN") == 1'
where workflow_id = (select id from public.workflow where name = 'broken');

select is(test.work_off(), 1, 'the healthy one is worked off');
select is(test.run_status(healthy), 'completed', 'and completes') from given;

select results_eq(
  'select l.status, l.final, l.error from public.workflow_action_logs l, given where l.run_id = broken',
  $$values ('failed', true, 'Its data cannot be evaluated: invalid datetime format separator: "R"')$$,
  'the broken one fails alone and says why'
);

select * from finish();
rollback;
