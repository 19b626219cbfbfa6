begin;
select plan(1);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "choice", "for_each": "$.event.items", "payload": {"choices": [{"if": "1 == 1", "then": "b"}], "else": "b"}},
    {"name": "b", "action_type": "log", "order": 2}
  ]}') -> 'errors',
  '[{"pointer": "/actions/0/for_each", "fault": "A choice is made once, not for each item"}]',
  'a choice is made once'
);

select * from finish();
rollback;
