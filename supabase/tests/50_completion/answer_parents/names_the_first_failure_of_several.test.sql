begin;
select plan(1);

select test.create_workflow('child', '{1,1,1}', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
create temporary table claimed on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'b'), '{"status": "failed", "final": true, "error": "Second by name"}') from claimed;
select test.travel('1 minute');
select test.report(test.claim_of(answer, 'a'), '{"status": "failed", "final": true, "error": "First by name"}') from claimed;
select test.report(test.claim_of(answer, 'c'), '{"status": "failed", "final": true, "error": "Last"}') from claimed;
select test.work_off();

select matches((test.log_of(run, 'ask')).error, 'failed: action "b": Second by name$', 'the one that came first') from given;

select * from finish();
rollback;
