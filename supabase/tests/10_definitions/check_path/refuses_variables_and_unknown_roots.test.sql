begin;
select plan(4);

select throws_ok(
  $$select workflow_engine.check_path('$name == "Ada"', 'here')$$,
  'PT422',
  'Cannot save here: the expression "$name == "Ada"" is invalid. A variable such as "$name" is not known; the data is below "$.", for example $.now',
  'a variable is refused'
);

select throws_ok(
  $$select workflow_engine.check_path('$.evnt.n == 1', 'here')$$,
  'PT422',
  'Cannot save here: the expression "$.evnt.n == 1" is invalid. The root "$.evnt" does not exist; expected one of $.event, $.record, $.actions, $.run, $.vars, $.item, $.now',
  'a misspelt root is refused and the right ones are listed'
);

select lives_ok(
  $$select workflow_engine.check_path('$.event.a == $.record.a || $.actions.a.status == "x" || $.run.id == $.vars.x || $.item == $.now', 'here')$$,
  'all seven roots are allowed'
);

select lives_ok(
  $$select workflow_engine.check_path('$.event.price == "5 $." && $.record.name == "x"', 'here')$$,
  'in a text, $. is only text'
);

select * from finish();
rollback;
