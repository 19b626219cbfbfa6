begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}, "a": {"output": 1}}');
create temporary table replayed on commit drop as
select (public.workflow_replay(c.id) ->> 'run_id')::uuid as new_run from given join public.workflow_run c on c.parent_run_id = run;
select test.work_off('{"a": {"output": 2}}');

select is(test.run_status(new_run), 'completed', 'a child is repeated on its own') from replayed;
select is((test.log_of(run, 'ask')).output #> '{output,a}', '1', 'and its parent is told nothing') from given;

select * from finish();
rollback;
