begin;
select plan(22);

select test.create_workflow('w');

select is(
  test.error_of(format(
    'insert into public.workflow_action (workflow_id, name, action_type, payload) values (%L, %L, %L, %L)', w.id, 'x' || md5(f.payload), f.action_type, f.payload
  )),
  null,
  f.action_type || ' ' || f.payload
)
from public.workflow w, (values
  ('sleep', '{"duration": "0"}'),
  ('sleep', '{"duration": "P1DT2H"}'),
  ('sleep', '{"duration": "{{ $.event.duration }}"}'),
  ('sleep', '{"duration": "{{ $.event.minutes }} minutes"}'),
  ('sleep_until', '{"until": "2030-01-31"}'),
  ('sleep_until', '{"until": "2020-01-31T09:00:00Z"}'),
  ('sleep_until', '{"until": "{{ $.record.starts_at }}"}'),
  ('wait_for_event', '{"event": "order.paid"}'),
  ('wait_for_event', '{"event": "order paid"}'),
  ('wait_for_event', '{"event": "a", "match": {"id": "{{ $.event.id }}"}, "timeout": "{{ $.vars.t }}", "look_back": "1 day"}'),
  ('wait_for_event', '{"event": "a", "match": "{{ $.event.match }}"}'),
  ('approval', '{"message": "Well, {{ $.event.name }}?", "role": "{{ $.vars.role }}", "details": {"n": 1}, "expires_in": "2 days"}'),
  ('approval', '{"message": "Well?", "to": ["a@example.com"], "from": "b@example.com", "subject": "Well", "remind_after": "PT8H"}'),
  ('start_workflow', '{"workflow": "a", "input": {"n": "{{ $.item }}"}, "wait": false, "on_failure": "continue"}'),
  ('start_workflow', '{"workflow": "{{ $.event.workflow }}", "input": "{{ $.event }}", "wait": "{{ $.event.wait }}"}'),
  ('approval', '{"message": "Well?", "to": "{{ $.vars.boss }}", "from": "Acme <shop@acme.example>"}'),
  ('approval', '{"message": "Well?", "to": ["{{ $.vars.boss }}", "a@example.com"], "from": {"$secret": "MAIL_FROM"}}'),
  ('http_request', '{"url": "https://api.example.com", "json": {"timeout": "a while"}, "wait_for_callback": true, "callback_timeout": "2 hours"}'),
  ('http_request', '{"url": "https://api.example.com", "wait_for_callback": "{{ $.event.wait }}", "callback_timeout": "{{ $.vars.t }}"}'),
  ('http_request', '{"url": "https://api.example.com", "wait_for_callback": false, "anything": 1}'),
  ('log', '{"callback_timeout": "a while"}'),
  ('log', '{"duration": "a while"}')
) f (action_type, payload);

select * from finish();
rollback;
