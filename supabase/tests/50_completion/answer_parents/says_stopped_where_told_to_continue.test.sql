begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(
  test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child", "on_failure": "continue"}}'
);
select public.workflow_stop(c.id) from given join public.workflow_run c on c.parent_run_id = run;
select test.work_off();

select is((test.log_of(run, 'ask')).output ->> 'status', 'stopped', 'of a child that was') from given;
select is(test.run_status(run), 'completed', 'and the parent goes on') from given;

select * from finish();
rollback;
