-- Groups, counted repetitions and back-references are what makes a pattern slow on purpose.
begin;
select plan(4);

select throws_ok(
  $$select workflow_engine.check_path('$.record.name like_regex "^(a|b)+$"', 'here')$$,
  'PT422',
  'Cannot save here: the expression "$.record.name like_regex "^(a|b)+$"" is invalid. The pattern "^(a|b)+$" of like_regex has a group, a counted repetition or a back-reference',
  'a group is refused'
);

select throws_like(
  $$select workflow_engine.check_path('$.record.name like_regex "a{1,9}"', 'here')$$,
  '%The pattern "a{1,9}" of like_regex has a group, a counted repetition or a back-reference',
  'a counted repetition is refused'
);

select throws_ok(
  $$select workflow_engine.check_path('$.record.name like_regex "(a)\\1"', 'here')$$,
  'PT422',
  null,
  'a back-reference is refused'
);

select lives_ok(
  $$select workflow_engine.check_path('$.record.name like_regex "^A.*[a-z]$" flag "i"', 'here')$$,
  'a plain pattern is allowed'
);

select * from finish();
rollback;
