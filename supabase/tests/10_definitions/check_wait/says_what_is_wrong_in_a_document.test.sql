begin;
select plan(1);

select is(
  public.workflow_check('{
    "name": "w", "trigger": "test.happened", "actions": [
      {"name": "a", "action_type": "sleep", "payload": {"duration": "a while"}},
      {"name": "b", "action_type": "wait_for_event", "payload": {"evnt": "order.paid"}},
      {"name": "c", "action_type": "log"}
    ]
  }') -> 'errors',
  '[
    {"pointer": "/actions/0/payload/duration", "fault": "\"a while\" is no length of time such as \"15 minutes\" or \"PT15M\""},
    {"pointer": "/actions/1/payload/evnt", "fault": "The key \"evnt\" is not known"},
    {"pointer": "/actions/1/payload/event", "fault": "The key \"event\" is missing"}
  ]',
  'every fault at its pointer'
);

select * from finish();
rollback;
