-- Whatever it is given, it answers.
begin;
select plan(7);

select is(
  public.workflow_check(d.document) -> 'errors',
  '[{"pointer": "", "fault": "A definition is an object with an array of actions"}]',
  coalesce(d.document::text, 'null')
)
from (values (null::jsonb), ('null'), ('[]'), ('3'), ('{"name": "w", "trigger": "t", "actions": 3}'), ('{"name": "w", "trigger": "t", "actions": {}}')) d (document);
select is(
  public.workflow_check('{}') -> 'errors',
  '[{"pointer": "/name", "fault": "The key \"name\" is missing"}, {"pointer": "/trigger", "fault": "The key \"trigger\" is missing"}]',
  'an empty object'
);

select * from finish();
rollback;
