-- The action was stopped and started another child before the first one's end was told.
begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
select test.create_workflow('other', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
create temporary table first_child on commit drop as select c.id from given join public.workflow_run c on c.parent_run_id = run;
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;
select test.report(test.claim_of(test.claim(), 'ask'), '{"status": "waiting", "wait": {"kind": "run", "workflow": "other"}}');
update public.workflow_run r set owes_answer = true from first_child f where r.id = f.id;
select test.age_marks();
create temporary table claimed on commit drop as select test.claim() as answer;

select is(test.run_status(id), 'stopped', 'the first child was stopped with its parent') from first_child;
select results_eq(
  $$select l.status, l.attempt from given, test.log_of(run, 'ask') l$$, $$values ('waiting', 2)$$, 'which waits for another'
);
select test.report(test.claim_of(answer, 'a'), '{"status": "completed", "output": 1}') from claimed;
select test.work_off();
select is(
  (test.log_of(run, 'ask')).output,
  jsonb_build_object('run_id', c.id, 'status', 'completed', 'output', '{"a": 1}'::jsonb),
  'and takes that one''s end'
)
from given
join public.workflow_run c on c.parent_run_id = run and c.id <> (select id from first_child);

select * from finish();
rollback;
