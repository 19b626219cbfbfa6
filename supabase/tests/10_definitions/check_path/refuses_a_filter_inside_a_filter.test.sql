begin;
select plan(3);

select throws_ok(
  $$select workflow_engine.check_path('exists($.record.a ? (exists(@.b ? (@ > 1))))', 'here')$$,
  'PT422',
  'Cannot save here: the expression "exists($.record.a ? (exists(@.b ? (@ > 1))))" is invalid. A filter inside a filter is not allowed',
  'a nested filter is refused'
);

select lives_ok(
  $$select workflow_engine.check_path('$.record.a ? (@.b > 1) ? ((@.c + 1) > 2).d', 'here')$$,
  'one filter after the other is allowed'
);

select lives_ok(
  $$select workflow_engine.check_path('$.record.a ? (@.b == "? (")', 'here')$$,
  'in a text, ? ( is only text'
);

select * from finish();
rollback;
