begin;
select plan(5);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "compensate_with": "undo"},
    {"name": "b", "action_type": "log", "depends_on": ["undo"]},
    {"name": "c", "action_type": "choice", "payload": {"choices": [{"if": "1 == 1", "then": "undo"}], "else": "b"}},
    {"name": "undo", "action_type": "log"}
  ]}') -> 'errors',
  '[
    {"pointer": "/actions/1/depends_on", "fault": "It follows \"undo\", which only undoes another action"},
    {"pointer": "/actions/2/payload/choices/0/then", "fault": "It follows \"undo\", which only undoes another action"}
  ]',
  'nothing follows or chooses it'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "compensate_with": "undo"},
    {"name": "undo", "action_type": "log", "depends_on": ["a"], "compensate_with": "redo"},
    {"name": "redo", "action_type": "log"}
  ]}') -> 'errors',
  '[
    {"pointer": "/actions/1/compensate_with", "fault": "It undoes another action, so nothing can undo it"},
    {"pointer": "/actions/1/depends_on", "fault": "It undoes another action, so it follows nothing"}
  ]',
  'it follows nothing, and nothing undoes it'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [{"name": "a", "action_type": "log", "compensate_with": "a"}]}') -> 'errors' #>> '{0,pointer}',
  '/actions/0/compensate_with',
  'nothing undoes itself'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "compensate_with": "undo"},
    {"name": "b", "action_type": "log"},
    {"name": "undo", "action_type": "choice", "payload": {"choices": [{"if": "1 == 1", "then": "b"}], "else": "b"}}
  ]}') -> 'errors',
  '[{"pointer": "/actions/2/action_type", "fault": "It undoes another action, so no branch follows its choice"}]',
  'it chooses nothing'
);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "compensate_with": "undo"},
    {"name": "b", "action_type": "log", "order": 2, "compensate_with": "undo"},
    {"name": "undo", "action_type": "log"}
  ]}') -> 'errors',
  '[{"pointer": "/actions/1/compensate_with", "fault": "\"undo\" undoes \"a\"; each action needs a compensation of its own"}]',
  'it undoes one action only'
);

select * from finish();
rollback;
