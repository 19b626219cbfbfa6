begin;
select plan(2);

select throws_ok(
  $$select workflow_engine.check_path('$.record.status = = 1', 'here')$$,
  'PT422',
  null,
  'what does not parse is refused'
);

select throws_like(
  $$select workflow_engine.check_path('$.record.status = = 1', 'here')$$,
  'Cannot save here: the expression "$.record.status = = 1" is invalid. Syntax error%"="%',
  'and the error names the token'
);

select * from finish();
rollback;
