-- What only leads into a cycle is not part of it.
begin;
select plan(1);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "depends_on": ["c"]},
    {"name": "b", "action_type": "log", "depends_on": ["d"]},
    {"name": "c", "action_type": "log", "depends_on": ["b", "e"]},
    {"name": "d", "action_type": "log", "depends_on": ["c"]},
    {"name": "e", "action_type": "log", "depends_on": []}
  ]}') -> 'errors',
  '[{"pointer": "/actions", "fault": "The actions wait for each other and are never reached: c -> b -> d -> c"}]',
  'the cycle is named, and nothing beside it'
);

select * from finish();
rollback;
