begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
create temporary table claimed on commit drop as select test.claim() as answer;

select is((test.log_of(run, 'ask')).status, 'waiting', 'an action waits for a child') from given;
select is(jsonb_array_length(answer -> 'claims'), 1, 'which is at work') from claimed;
select is(answer -> 'next_due_ms', 'null', 'and nothing is due at any time') from claimed;

select * from finish();
rollback;
