-- datetime() reads its template when it runs and raises for a bad one, in spite of `silent`: in one
-- tenant's condition it would fail the batch of all.
begin;
select plan(2);

select throws_like(
  $$select workflow_engine.check_path('$.record.due_at.datetime("RN") > $.now.datetime()', 'here')$$,
  'Cannot save here: the expression "$.record.due_at.datetime("RN") > $.now.datetime()" is invalid. Invalid datetime format separator: "R"',
  'a template that Postgres cannot read is refused'
);

select lives_ok(
  $$select workflow_engine.check_path('$.record.due_at.datetime("DD.MM.YYYY HH24:MI") > $.now.datetime()', 'here')$$,
  'one that it can read is allowed'
);

select * from finish();
rollback;
