-- `**` visits everything below: a tenant could make it as slow as the data is deep.
begin;
select plan(2);

select throws_ok(
  $$select workflow_engine.check_path('$.record.** == 1', 'here')$$,
  'PT422',
  'Cannot save here: the expression "$.record.** == 1" is invalid. The token "**" is not allowed; name the keys on the way',
  'the error names the field, the expression and the token'
);

select lives_ok(
  $$select workflow_engine.check_path('$.record.name == "a ** b"', 'here')$$,
  'in a text, ** is only text'
);

select * from finish();
rollback;
