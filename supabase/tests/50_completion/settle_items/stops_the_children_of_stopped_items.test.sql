begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "start_workflow", "for_each": "$.event.items", "payload": {"workflow": "child"}}]'),
  test.start_run('{"items": [1, 2]}') as run;
create temporary table claimed on commit drop as select test.claim() -> 'claims' as claims;
select test.report(claims -> 0, '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}') from claimed;
select test.report(claims -> 1, '{"status": "failed", "final": true}') from claimed;

select is(test.items(run), array['stopped', 'failed'], 'one item failed, so the other is stopped') from given;
select test.claim();
select is(test.run_status(c.id), 'stopped', 'with its child') from given join public.workflow_run c on c.parent_run_id = run;

select * from finish();
rollback;
