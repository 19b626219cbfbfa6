-- Only where it is certain: keys of the event, the record and outputs are nobody's to know.
begin;
select plan(2);

select is(
  public.workflow_check('{
    "name": "w", "trigger": "t", "condition": "$.run.id == $.event.id", "vars": {"limit": 1},
    "actions": [
      {"name": "a", "action_type": "log", "payload": {"message": "{{ $.actions.b.output }} {{ $.actions.nobody.output }}"}, "headers": {"x": "{{ $.event.x }}"}},
      {"name": "b", "action_type": "log", "condition": "$.vars.limit > $.vars.other", "for_each": "$.item.all"},
      {"name": "c", "action_type": "log", "order": 2, "target_endpoint": "https://example.com/{{ $.item }}", "headers": {"x": "y"}},
      {"name": "p", "action_type": "choice", "order": 3, "payload": {"choices": [{"if": "$.item == \"$.vars.nothing\"", "then": "d"}], "else": []}},
      {"name": "d", "action_type": "log", "order": 4}
    ]
  }'),
  '{"errors": [], "warnings": [
    {"pointer": "/condition", "warning": "\"$.run\" is read before there is a run: it is empty"},
    {"pointer": "/actions/0/headers", "warning": "These are headers of the call to a target_endpoint, which this action does not have"},
    {"pointer": "/actions/0/payload/message", "warning": "\"$.actions.nobody\" is read, but this workflow has no such action"},
    {"pointer": "/actions/1/condition", "warning": "\"$.vars.other\" is read, but this workflow has no such var"},
    {"pointer": "/actions/1/for_each", "warning": "\"$.item\" is read without a for_each: it is empty"},
    {"pointer": "/actions/2/target_endpoint", "warning": "\"$.item\" is read without a for_each: it is empty"},
    {"pointer": "/actions/3/payload/choices/0/if", "warning": "\"$.item\" is read without a for_each: it is empty"}
  ]}',
  'each with its pointer'
);
select is(
  public.workflow_check('{
    "name": "w", "trigger": "t", "condition": "$.event.item == $.record.vars", "vars": {"limit": 1},
    "actions": [
      {"name": "a", "action_type": "log", "for_each": "$.event.items", "condition": "$.item.n < $.vars.limit", "payload": {"message": "{{ $.item.n }}"}},
      {"name": "b", "action_type": "log", "order": 2, "payload": {"message": "{{ $.actions.a.output }} {{ $.actions.a.any.thing }} {{ $.run.id }} {{ $.vars }}"}}
    ]
  }') -> 'warnings',
  '[]',
  'and of nothing that may be there'
);

select * from finish();
rollback;
