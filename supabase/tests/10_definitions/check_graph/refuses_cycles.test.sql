-- And names the way round, however it comes about.
begin;
select plan(4);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "order": 2}, {"name": "c", "action_type": "log", "order": 3}]');

select throws_ok(
  $$update public.workflow_action set depends_on = '{c}' where name = 'a'$$,
  'PT422',
  'Cannot save workflow "w" at /actions: the actions wait for each other and are never reached: a -> c -> b -> a',
  'through names and orders'
);
select throws_ok(
  $$update public.workflow_action set depends_on = '{b}' where name = 'b'$$,
  'PT422',
  'Cannot save workflow "w" at /actions: the actions wait for each other and are never reached: b -> b',
  'an action that follows itself'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "choice", "depends_on": ["b"], "payload": {"choices": [{"if": "1 == 1", "then": "b"}], "else": "c"}},
    {"name": "b", "action_type": "log", "depends_on": []},
    {"name": "c", "action_type": "log", "depends_on": []}
  ]}') -> 'errors',
  '[{"pointer": "/actions", "fault": "The actions wait for each other and are never reached: a -> b -> a"}]',
  'a choice that follows what it chooses'
);
select is((select version from public.workflow), 1, 'nothing of it is saved');

select * from finish();
rollback;
