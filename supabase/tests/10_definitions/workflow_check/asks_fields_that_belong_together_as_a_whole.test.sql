-- A field that needs another one is not at fault when that one is there.
begin;
select plan(2);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "phase": "before", "relative_to": "$.record.due_at", "if_past": "run_if_within", "if_past_within": 5}') -> 'errors',
  '[]',
  'together they are well'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "phase": "before"}') -> 'errors',
  '[{"pointer": "/phase", "fault": "Before needs a time to come before"}]',
  'one without the other is a fault, at the one that is there'
);

select * from finish();
rollback;
