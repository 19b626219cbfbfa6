-- It had ended by itself before anybody stopped it.
begin;
select plan(3);

select test.deploy('[{"name": "work", "action_type": "log"}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "start_workflow", "for_each": "$.event.items", "payload": {"workflow": "child"}}]'),
  test.start_run('{"items": [1, 2]}') as run;
create temporary table claimed on commit drop as select test.claim() -> 'claims' as claims;
select test.report(claims -> 0, '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}') from claimed;
create temporary table work on commit drop as select test.claim_of(test.claim(), 'work') as claim;
select test.report(claims -> 1, '{"status": "failed", "final": true}') from claimed;
select is((select count(*) from workflow_engine.unneeded_child), 1::bigint, 'nobody needs the child any more');
select test.report(claim, '{"status": "failed", "final": true}') from work;
select public.workflow_retry(c.id) from given join public.workflow_run c on c.parent_run_id = run;
select is_empty('select from workflow_engine.unneeded_child', 'but somebody retries it');
select test.claim();
select is(test.run_status(c.id), 'running', 'and it goes on') from given join public.workflow_run c on c.parent_run_id = run;

select * from finish();
rollback;
