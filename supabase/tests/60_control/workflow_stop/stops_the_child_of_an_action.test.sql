begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}, {"name": "beside", "action_type": "log"}
]'), test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'ask'), '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}') from claimed;
select public.workflow_stop(action_id => (test.log_of(run, 'ask')).id) from given;

select is(test.run_status(c.id), 'stopped', 'it ends') from given join public.workflow_run c on c.parent_run_id = run;
select is(test.run_status(run), 'running', 'the parent goes on beside it') from given;

select * from finish();
rollback;
