-- The contract of the claim, key by key.
begin;
select plan(4);

select test.create_workflow('w', organization_id => 'a');
update public.workflow_action set payload = '{"message": "Hi {{ $.event.name | default: ''you'' }}"}', timeout_seconds = 90;
select public.workflow_emit('test.happened', '{"name": "Ada"}', organization_id => 'a');
create temporary table given on commit drop as select test.claim() as answer;

select is(
  answer #> '{claims,0}',
  jsonb_build_object(
    'id', l.id, 'action', format('%s@1', l.workflow_action_id), 'attempt', 1, 'run_id', l.run_id,
    'workflow_id', l.workflow_id, 'workflow_action_id', l.workflow_action_id, 'organization_id', 'a',
    'values', '["Ada"]'::jsonb, 'meta', '{}'::jsonb, 'idempotency_key', l.id,
    'deadline', answer #> '{claims,0,deadline}', 'traceparent', answer #> '{claims,0,traceparent}'
  ),
  'a claim'
)
from given, public.workflow_action_logs l;

select is(
  answer -> 'actions' -> (answer #>> '{claims,0,action}'),
  jsonb_build_object(
    'workflow_action_id', l.workflow_action_id, 'name', 'a', 'action_type', 'log', 'timeout_seconds', 90, 'app_url', null,
    'template', '{"payload": {"message": {"$template": ["Hi ", 0]}}, "target_endpoint": null, "headers": {}}'::jsonb,
    'holes', '[{"path": "$.event.name", "filters": [{"name": "default", "arguments": ["you"]}], "required": false}]'::jsonb
  ),
  'and its compiled action'
)
from given, public.workflow_action_logs l;

select matches(answer #>> '{claims,0,traceparent}', '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$', 'its trace context has the form of W3C') from given;

select ok(
  (answer #>> '{claims,0,deadline}')::timestamptz - clock_timestamp() between interval '85 seconds' and interval '90 seconds',
  'its deadline is the action''s timeout from now'
)
from given;

select * from finish();
rollback;
