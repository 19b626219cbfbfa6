begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select public.workflow_pause(run) from given;
select test.work_off();

select is((test.log_of(run, 'ask')).status, 'completed', 'a child runs to its end') from given;
select is(test.run_status(run), 'paused', 'the parent is paused') from given;
select public.workflow_resume(run) from given;
select is(test.run_status(run), 'completed', 'until it is resumed') from given;

select * from finish();
rollback;
