begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}, "a": {"status": "failed", "final": true}
}');
select public.workflow_retry(c.id) from given join public.workflow_run c on c.parent_run_id = run;
select test.work_off();
select is(test.run_status(run), 'failed', 'the parent has ended, and is told nothing') from given;

select public.workflow_retry(run) from given;
select is(
  test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}}'), 1, 'nothing of the child is done again'
);
select is(test.run_status(run), 'completed', 'what it came to is enough') from given;

select * from finish();
rollback;
