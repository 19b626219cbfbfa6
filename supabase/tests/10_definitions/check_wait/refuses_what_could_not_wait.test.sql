-- At the save, where somebody still looks: each fault at its own pointer.
begin;
select plan(41);

select test.create_workflow('w');

select is(
  test.error_of(format(
    'insert into public.workflow_action (workflow_id, name, action_type, payload) values (%L, %L, %L, %L)', w.id, 'x', f.action_type, f.payload
  )) - 'hint',
  jsonb_build_object(
    'code', 'PT422', 'details', 'definition.wait_invalid', 'message', 'Cannot save action "x" of workflow "w" at /payload/' || f.message
  ),
  f.action_type || ' ' || f.payload
)
from public.workflow w, (values
  ('sleep', '{}', 'duration: the key "duration" is missing'),
  ('sleep', '{"duration": "a while"}', 'duration: "a while" is no length of time such as "15 minutes" or "PT15M"'),
  ('sleep', '{"duration": "-1 hour"}', 'duration: "-1 hour" is no length of time such as "15 minutes" or "PT15M"'),
  ('sleep', '{"duration": "11 years"}', 'duration: "11 years" is no length of time such as "15 minutes" or "PT15M"'),
  ('sleep', '{"duration": 15}', 'duration: 15 is no length of time such as "15 minutes" or "PT15M"'),
  ('sleep', '{"duration": null}', 'duration: null is no length of time such as "15 minutes" or "PT15M"'),
  ('sleep', '{"duration": "1 hour", "until": "2030-01-31"}', 'until: the key "until" is not known'),
  ('sleep_until', '{}', 'until: the key "until" is missing'),
  ('sleep_until', '{"until": "tomorrow"}', 'until: "tomorrow" is no time such as "2030-01-31T09:00:00+01:00"'),
  ('sleep_until', '{"until": 5}', 'until: 5 is no time such as "2030-01-31T09:00:00+01:00"'),
  ('wait_for_event', '{}', 'event: the key "event" is missing'),
  ('wait_for_event', '{"event": ""}', 'event: "" is no event''s name; it cannot have placeholders'),
  ('wait_for_event', '{"event": 7}', 'event: 7 is no event''s name; it cannot have placeholders'),
  ('wait_for_event', '{"event": "{{ $.event.name }}"}', 'event: "{{ $.event.name }}" is no event''s name; it cannot have placeholders'),
  ('wait_for_event', '{"event": "a", "match": "{}"}', 'match: "{}" is no object'),
  ('wait_for_event', '{"event": "a", "match": [1]}', 'match: [1] is no object'),
  ('wait_for_event', '{"event": "a", "timeout": "soon"}', 'timeout: "soon" is no length of time such as "15 minutes" or "PT15M"'),
  ('wait_for_event', '{"event": "a", "look_back": true}', 'look_back: true is no length of time such as "15 minutes" or "PT15M"'),
  ('wait_for_event', '{"event": "a", "matches": {}}', 'matches: the key "matches" is not known'),
  ('approval', '{}', 'message: the key "message" is missing'),
  ('approval', '{"message": ""}', 'message: "" is no text'),
  ('approval', '{"message": "Well?", "role": 1}', 'role: 1 is no text'),
  ('approval', '{"message": "Well?", "details": []}', 'details: [] is no object'),
  ('approval', '{"message": "Well?", "expires_in": "P"}', 'expires_in: "P" is no length of time such as "15 minutes" or "PT15M"'),
  ('approval', '{"message": "Well?", "remind_after": "x"}', 'remind_after: "x" is no length of time of at least a minute such as "1 day"'),
  ('approval', '{"message": "Well?", "to": "a@example.com"}', 'from: the key "from" is missing beside "to"'),
  ('approval', '{"message": "Well?", "to": [], "from": "b@example.com"}', 'to: [] is no e-mail address, and no list of them'),
  ('approval', '{"message": "Well?", "to": 5, "from": "b@example.com"}', 'to: 5 is no e-mail address, and no list of them'),
  ('approval', '{"message": "Well?", "to": "not an address", "from": "b@example.com"}', 'to: "not an address" is no e-mail address, and no list of them'),
  ('approval', '{"message": "Well?", "to": ["a@example.com", "nobody"], "from": "b@example.com"}', 'to: ["a@example.com", "nobody"] is no e-mail address, and no list of them'),
  ('approval', '{"message": "Well?", "to": "a@example.com", "from": "nonsense"}', 'from: "nonsense" is no e-mail address'),
  ('http_request', '{"url": "https://a.example.com", "wait_for_callback": true, "callback_timeout": "two hours"}', 'callback_timeout: "two hours" is no length of time such as "15 minutes" or "PT15M"'),
  ('http_request', '{"url": "https://a.example.com", "wait_for_callback": true, "callback_timeout": 5}', 'callback_timeout: 5 is no length of time such as "15 minutes" or "PT15M"'),
  ('http_request', '{"url": "https://a.example.com", "wait_for_callback": "yes"}', 'wait_for_callback: "yes" is no boolean'),
  ('http_request', '{"url": "https://a.example.com", "callback_timeout": "2 hours"}', 'callback_timeout: it takes "wait_for_callback": true beside it'),
  ('http_request', '{"url": "https://a.example.com", "wait_for_callback": false, "callback_timeout": "2 hours"}', 'callback_timeout: it takes "wait_for_callback": true beside it'),
  ('start_workflow', '{}', 'workflow: the key "workflow" is missing'),
  ('start_workflow', '{"workflow": ""}', 'workflow: "" is no text'),
  ('start_workflow', '{"workflow": "a", "input": 1}', 'input: 1 is no object'),
  ('start_workflow', '{"workflow": "a", "wait": "yes"}', 'wait: "yes" is no boolean'),
  ('start_workflow', '{"workflow": "a", "on_failure": "ignore"}', 'on_failure: "ignore" is no fail or continue')
) f (action_type, payload, message);

select * from finish();
rollback;
