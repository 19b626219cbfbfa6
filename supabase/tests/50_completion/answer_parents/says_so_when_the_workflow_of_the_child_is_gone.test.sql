begin;
select plan(3);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "final": true, "error": "It is down"}');
select is(
  test.error_of($$delete from public.workflow where name = 'child'$$) ->> 'code', 'PT409', 'a workflow stays until the parents were told'
);
alter table public.workflow disable trigger keep_unfinished;
delete from public.workflow where name = 'child';
select test.work_off();

select is(test.run_status(run), 'failed', 'what failed has failed') from given;
select matches((test.log_of(run, 'ask')).error, '^Run .* of workflow "deleted" failed: action ".*": It is down$', 'and says why') from given;

select * from finish();
rollback;
