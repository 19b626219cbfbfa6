begin;
select plan(2);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [{
    "action_type": "log",
    "target_endpoint": "https://example.com/{{ $.wrong }}",
    "payload": {"text": "{{ $.event.x | shout | whisper }} and {{ $.evnt | date: }}, but {{ $.event", "bar": "{{ $.event.x | default: ''y }}"}
  }]}') -> 'errors',
  '[
    {"pointer": "/actions/0/payload/bar", "fault": "Cannot read the placeholder \"{{ $.event.x | default: ''y }}\""},
    {"pointer": "/actions/0/payload/text", "fault": "The filter \"shout\" is not known"},
    {"pointer": "/actions/0/payload/text", "fault": "The filter \"whisper\" is not known"},
    {"pointer": "/actions/0/payload/text", "fault": "The expression \"$.evnt\" is invalid. The root \"$.evnt\" does not exist; expected one of $.event, $.record, $.actions, $.run, $.vars, $.item, $.now"},
    {"pointer": "/actions/0/payload/text", "fault": "\"{{ $.event\" opens a placeholder that is never closed"},
    {"pointer": "/actions/0/target_endpoint", "fault": "The expression \"$.wrong\" is invalid. The root \"$.wrong\" does not exist; expected one of $.event, $.record, $.actions, $.run, $.vars, $.item, $.now"}
  ]',
  'all of one text'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [{
    "action_type": "log",
    "payload": {"a": {"$secret": "A B"}, "b": [{"$secret": "SUPABASE_KEY"}, {"$template": []}]}
  }]}') -> 'errors',
  '[
    {"pointer": "/actions/0/payload/a", "fault": "A secret is {\"$secret\": \"NAME\"} and nothing else"},
    {"pointer": "/actions/0/payload/b/0", "fault": "The secret \"SUPABASE_KEY\" is the engine''s own"},
    {"pointer": "/actions/0/payload/b/1", "fault": "The key \"$template\" is the engine''s own"}
  ]',
  'and all references to secrets'
);

select * from finish();
rollback;
