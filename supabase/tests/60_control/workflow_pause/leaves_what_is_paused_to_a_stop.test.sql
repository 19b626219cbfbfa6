begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_pause(run) from given;
select test.claim();
select public.workflow_stop(run) from given;

select results_eq(
  $$select test.run_status(run), l.status, l.is_held from given, test.log_of(run, 'a') l$$, $$values ('stopped', 'stopped', false)$$, 'it ends'
);

select * from finish();
rollback;
