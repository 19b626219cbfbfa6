-- A stop takes it along, as it takes all that the run has started.
begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child", "wait": false}},
  {"name": "b", "action_type": "log", "order": 2, "delay": "1 hour"}
]'), test.start_run() as run;
select test.report(test.claim_of(test.claim(), 'ask'), '{"status": "waiting", "wait": {"kind": "run", "workflow": "child", "wait": false}}');
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;

select is(test.run_status(run), 'running', 'its parent goes on') from given;
select is((select r.status from public.workflow_run r where r.parent_run_id is not null), 'stopped', 'without it');
select is(public.workflow_retry(r.id), '{"status": "running"}', 'it is retried by its own id') from public.workflow_run r where r.parent_run_id is not null;

select * from finish();
rollback;
