-- An edit never changes a run that has begun.
begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;

update public.workflow_action set payload = '{"message": "new"}';
insert into public.workflow_action (workflow_id, name, action_type, "order") select id, 'c', 'log', 3 from public.workflow;

select is(
  (select version from public.workflow),
  2,
  'what a run has taken is not replaced, even in the same transaction'
);

select test.report(test.claim_of(test.claim(), 'a'), '{"status": "completed"}');

select is(
  (select jsonb_path_query_array(test.claim(), '$.actions.*.template.payload.message')),
  '["hello"]',
  'its next action is the one of its own version'
);

select test.work_off();
update public.workflow_action_logs set status = 'completed' where status = 'processing';

select is(test.statuses(run), '{"a": "completed", "b": "completed"}', 'and it ends without the new action') from given;

select * from finish();
rollback;
