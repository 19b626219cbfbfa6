-- An error names the definition and the JSON pointer of the field.
begin;
select plan(3);

select throws_ok(
  $$select test.create_workflow('onboarding', condition => '$.record.active')$$,
  'PT422',
  'Cannot save workflow "onboarding" at /condition: "$.record.active" is not a predicate',
  'a workflow''s condition'
);

select throws_ok(
  $$insert into public.workflow (name, trigger, phase, relative_to) values ('reminder', 'x', 'before', '$.record.**')$$,
  'PT422',
  'Cannot save workflow "reminder" at /relative_to: the expression "$.record.**" is invalid. The token "**" is not allowed; name the keys on the way',
  'a workflow''s relative_to'
);

select is_empty('select from public.workflow', 'nothing is half saved');

select * from finish();
rollback;
