-- A path that finds something is not a truth: a lone filter would hold for `false` and fail for true.
begin;
select plan(4);

select throws_ok(
  $$select workflow_engine.check_condition('$.record.active', 'here')$$,
  'PT422',
  'Cannot save here: "$.record.active" is not a predicate',
  'a value is refused'
);

select throws_ok(
  $$select workflow_engine.check_condition('$.record ? (@.active == true)', 'here')$$,
  'PT422',
  'Cannot save here: "$.record ? (@.active == true)" is not a predicate',
  'a lone filter is refused'
);

select lives_ok(
  $$select workflow_engine.check_condition('exists($.record ? (@.active == true))', 'here')$$,
  'exists(…) around it makes it a predicate'
);

select lives_ok(
  $$select workflow_engine.check_condition('strict $.record.a.b[2].double() > 1 || ($.event.x == 1) is unknown', 'here')$$,
  'so is whatever compares, even in strict mode'
);

select * from finish();
rollback;
