-- Their attempts have a callback URL like all others.
begin;
select plan(5);

select test.deploy(jsonb_build_array(jsonb_build_object('name', 'a', 'action_type', f.action_type, 'payload', f.payload::jsonb)), jsonb_build_object('name', f.action_type, 'trigger', f.action_type))
from (values
  ('sleep', '{"duration": "1 day"}'), ('sleep_until', '{"until": "2030-01-01"}'), ('wait_for_event', '{"event": "order.paid"}'),
  ('approval', '{"message": "Well?"}'), ('start_workflow', '{"workflow": "sleep"}')
) f (action_type, payload);
select public.workflow_emit(w.trigger) from public.workflow w;
select test.claim();

select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', l.id, '{"status": "completed"}')) ->> 'message',
  format('Cannot answer action log %s: it will wait for no callback', l.id),
  w.name
)
from public.workflow_action_logs l
join public.workflow w on w.id = l.workflow_id;

select * from finish();
rollback;
