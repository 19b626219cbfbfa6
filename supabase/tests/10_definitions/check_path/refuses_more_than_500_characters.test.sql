begin;
select plan(2);

select lives_ok(
  format('select workflow_engine.check_path(%L, %L)', '$.event.a == "' || repeat('x', 485) || '"', 'here'),
  '500 characters are allowed'
);

select throws_like(
  format('select workflow_engine.check_path(%L, %L)', '$.event.a == "' || repeat('x', 486) || '"', 'here'),
  '%It has 501 characters, more than 500',
  '501 are refused'
);

select * from finish();
rollback;
