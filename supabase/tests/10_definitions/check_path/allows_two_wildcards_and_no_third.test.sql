-- The cost of an expression grows with the size of its data to the power of its wildcards.
begin;
select plan(4);

select lives_ok(
  $$select workflow_engine.check_path('$.record.lines[*].tags[*]', 'here')$$,
  'two wildcards are allowed'
);

select throws_ok(
  $$select workflow_engine.check_path('$.record.a[*].b[*].c[*]', 'here')$$,
  'PT422',
  'Cannot save here: the expression "$.record.a[*].b[*].c[*]" is invalid. It has more than two wildcards',
  'three [*] are refused'
);

select throws_ok(
  $$select workflow_engine.check_path('$.record.*.b[0 to 9].keyvalue()', 'here')$$,
  'PT422',
  'Cannot save here: the expression "$.record.*.b[0 to 9].keyvalue()" is invalid. It has more than two wildcards',
  'every kind of wildcard counts'
);

select lives_ok(
  $$select workflow_engine.check_path('$.record.a * 2 * $.record.b == 4', 'here')$$,
  'a multiplication is no wildcard'
);

select * from finish();
rollback;
