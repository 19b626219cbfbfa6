begin;
select plan(3);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "condition": "$.event.paid", "actions": [{"name": "a"}]}'),
  '{
    "errors": [
      {"pointer": "/condition", "fault": "\"$.event.paid\" is not a predicate"},
      {"pointer": "/actions/0/action_type", "fault": "The key \"action_type\" is missing"}
    ],
    "warnings": []
  }',
  'each fault with its pointer'
);
select is(
  public.workflow_check('{"name": "shop", "trigger": "order.paid", "description": "All of it", "vars": {"n": 1}, "priority": 3, "actions": [{"name": "a", "action_type": "log", "payload": {"message": "{{ $.vars.n }}"}}, {"name": "b", "action_type": "log", "order": 2, "delay": "01:00:00", "depends_on": ["a"], "timeout_seconds": 5}]}'),
  '{"errors": [], "warnings": []}',
  'nothing, when all is well'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [{"action_type": "log"}, {"action_type": "log"}]}') -> 'errors',
  '[{"pointer": "/actions/1/name", "fault": "The name \"log\" stands twice"}]',
  'actions without a name are named after their type'
);

select * from finish();
rollback;
