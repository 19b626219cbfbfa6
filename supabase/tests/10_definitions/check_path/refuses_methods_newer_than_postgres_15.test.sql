-- On Postgres 15 they are syntax errors, on 17 they are found: refused on both, so that a definition
-- can move.
begin;
select plan(6);

select throws_ok(format('select workflow_engine.check_path(%L, %L)', '$.record.n.string() == "1"', 'here'), 'PT422', null, '.string() is refused');

select throws_ok(format('select workflow_engine.check_path(%L, %L)', '$.record.n.number() == 1', 'here'), 'PT422', null, '.number() is refused');

select throws_ok(format('select workflow_engine.check_path(%L, %L)', '$.record.n.decimal(4, 2) == 1', 'here'), 'PT422', null, '.decimal() is refused');

select throws_ok(format('select workflow_engine.check_path(%L, %L)', '$.record.n.date() == $.now', 'here'), 'PT422', null, '.date() is refused');

select throws_ok(format('select workflow_engine.check_path(%L, %L)', '$.record.n.boolean()', 'here'), 'PT422', null, '.boolean() is refused');

select lives_ok(
  $$select workflow_engine.check_path('$.record.n.double() > 1 && $.record.due_at.datetime() < $.now.datetime()', 'here')$$,
  'the methods of Postgres 15 are allowed'
);

select * from finish();
rollback;
