begin;
select plan(2);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "order": 2},
    {"name": "p", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n == 1", "then": "a"}]}}
  ]}'),
  '{"errors": [], "warnings": [{"pointer": "/actions/1/payload", "warning": "A choice without an else: when no rule holds, none of its branches is taken"}]}',
  'it is allowed, but probably not meant'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "order": 2},
    {"name": "p", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n == 1", "then": "a"}], "else": []}}
  ]}') -> 'warnings',
  '[]',
  'an empty else says that it is'
);

select * from finish();
rollback;
