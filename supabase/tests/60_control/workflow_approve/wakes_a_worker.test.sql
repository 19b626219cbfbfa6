-- Nothing of the run itself is left to do, but its end has to be told.
begin;
select plan(2);

select test.deploy('[{"name": "sign", "action_type": "approval", "payload": {"message": "Well?"}}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "sign": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": []}}
}');
select test.forget_rings();
select public.workflow_approve(a.id) from public.workflow_approval a;

select is(test.count_rings(), 1::bigint, 'to tell the parent of the run that a decision ends');
select test.work_off();
select is(test.run_status(run), 'completed', 'and it is told') from given;

select * from finish();
rollback;
