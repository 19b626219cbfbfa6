begin;
select plan(3);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log"},
    {"name": "b", "action_type": "log", "depends_on": ["a"], "join_count": 2},
    {"name": "c", "action_type": "log", "depends_on": [], "join_count": 1}
  ]}') -> 'errors',
  '[
    {"pointer": "/actions/1/join_count", "fault": "It waits for 2 of the actions it follows, but follows 1"},
    {"pointer": "/actions/2/join_count", "fault": "It waits for 1 of the actions it follows, but follows 0"}
  ]',
  'more than there are'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "depends_on": ["a"], "join_count": 0}]}') -> 'errors' #>> '{0,pointer}',
  '/actions/1/join_count',
  'none'
);
select matches(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "depends_on": ["a"], "join_count": 1, "run_if": "always"}]}') -> 'errors' #>> '{0,fault}',
  'A join counts successes',
  'a count of successes for what asks for none'
);

select * from finish();
rollback;
