begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select test.claim();
select test.forget_rings();
update public.workflow_action_logs l
set status = 'completed'
from given join public.workflow_run c on c.parent_run_id = run
where l.run_id = c.id;

select is(test.count_rings(), 1::bigint, 'that tells the parent of its end');

select * from finish();
rollback;
