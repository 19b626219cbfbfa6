begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run('{"n": 1}') as run;
select test.work_off();
select public.workflow_replay(run, input => '{"n": 2}') from given;

select results_eq(
  $$select e.payload from public.workflow_event e order by e.id$$, $$values (jsonb '{"n": 1}'), ('{"n": 2}')$$, 'and leaves the first one as it was'
);

select * from finish();
rollback;
