begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select public.workflow_stop(c.id) from given join public.workflow_run c on c.parent_run_id = run;
select test.work_off();

select is(
  (test.log_of(run, 'ask')).error, format('Run %s of workflow "child" was stopped', c.id), 'and says that it was stopped'
)
from given
join public.workflow_run c on c.parent_run_id = run;

select * from finish();
rollback;
