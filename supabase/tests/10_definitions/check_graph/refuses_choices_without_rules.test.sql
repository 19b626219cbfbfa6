begin;
select plan(1);

select is(
  (select array_agg(distinct e ->> 'fault') from jsonb_array_elements(public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "choice"},
    {"name": "b", "action_type": "choice", "payload": {"choices": []}},
    {"name": "c", "action_type": "choice", "payload": {"else": "d"}},
    {"name": "e", "action_type": "choice", "payload": {"choices": [{"then": "d"}, {"if": "1 == 1", "then": "d"}]}},
    {"name": "d", "action_type": "log", "depends_on": []}
  ]}') -> 'errors') e),
  array['A choice needs {"choices": [{"if", "then"}], "else"}'],
  'none at all, an else alone, or one that does not say when'
);

select * from finish();
rollback;
