-- A join had enough without the child, then the run broke and was retried before anybody had stopped the child.
begin;
select plan(4);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}},
  {"name": "other", "action_type": "log"}
]'), test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'ask'), '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}') from claimed;
update public.workflow_action_logs l set status = 'stopped', completed_at = workflow_engine.clock()
from given where l.id = (test.log_of(run, 'ask')).id;
select test.report(test.claim_of(answer, 'other'), '{"status": "failed", "final": true}') from claimed;
select is((select count(*) from workflow_engine.unneeded_child), 1::bigint, 'its child is to be stopped');
select public.workflow_retry(run) from given;
select public.workflow_claim('test-worker');
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}')
from given, test.log_of(run, 'ask') l;
select is_empty('select from workflow_engine.unneeded_child', 'it is not any more');
select test.claim();
select is((select count(*) from given join public.workflow_run c on c.parent_run_id = run), 1::bigint, 'no second one was started');
select is(test.run_status(c.id), 'running', 'and the first goes on') from given join public.workflow_run c on c.parent_run_id = run;

select * from finish();
rollback;
