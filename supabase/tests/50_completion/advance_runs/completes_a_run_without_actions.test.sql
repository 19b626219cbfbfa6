begin;
select plan(1);

select test.create_workflow('w', '{}');
create temporary table given on commit drop as select test.start_run() as run;

select results_eq(
  'select status, completed_at is not null from public.workflow_run',
  $$values ('completed', true)$$,
  'it has nothing to do and is done'
);

select * from finish();
rollback;
