-- A join had enough: nobody waits for the child any more.
begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}},
  {"name": "fast", "action_type": "log"},
  {"name": "join", "action_type": "log", "depends_on": ["ask", "fast"], "join_count": 1}
]'), test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'ask'), '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}') from claimed;
select test.report(test.claim_of(answer, 'fast'), '{"status": "completed"}') from claimed;

select is(test.statuses(run) ->> 'ask', 'stopped', 'the action is stopped') from given;
select test.claim();
select is(test.run_status(c.id), 'stopped', 'and so is its child') from given join public.workflow_run c on c.parent_run_id = run;

select * from finish();
rollback;
