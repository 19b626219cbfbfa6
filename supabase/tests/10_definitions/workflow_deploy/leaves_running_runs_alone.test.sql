begin;
select plan(3);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "order": 2, "payload": {"message": "old"}}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log", "payload": {"message": "new"}}, {"name": "c", "action_type": "log", "order": 2}]');

select test.report(test.claim_of(test.claim(), 'a'), '{"status": "completed"}');
select is(
  jsonb_path_query_array(test.claim(), '$.actions.*.template.payload.message'),
  '["old"]',
  'a run goes on with the version it began with'
);
update public.workflow_action_logs set status = 'completed' where status = 'processing';
select is(test.statuses(run), '{"a": "completed", "b": "completed"}', 'to its end') from given;
select is((select status from public.workflow_run where workflow_version = 1), 'completed', 'though one of its actions is gone since');

select * from finish();
rollback;
