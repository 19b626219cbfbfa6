-- A workflow that starts itself.
begin;
select plan(2);

update workflow_engine.settings set max_depth = 3;
create temporary table given on commit drop as select test.start_wait('{"kind": "run", "workflow": "w"}') as run;

select results_eq(
  'select r.depth, r.status from public.workflow_run r order by r.depth',
  $$values (0, 'failed'), (1, 'failed'), (2, 'failed'), (3, 'failed')$$,
  'that the settings say'
);
select is(
  (select l.error from public.workflow_action_logs l join public.workflow_run r on r.id = l.run_id where r.depth = 3 and l.status = 'failed'),
  'Cannot start workflow "w": it would be more than 3 runs deep',
  'with a clear error'
);

select * from finish();
rollback;
