begin;
select plan(3);

select throws_ok(
  $$select workflow_engine.compile_placeholder('$.event.a | shout', 'here')$$,
  'PT422',
  'Cannot save here: the filter "shout" is not known',
  'a filter that does not exist'
);

select throws_ok(
  $$select workflow_engine.compile_placeholder('$.event.a | ', 'here')$$,
  'PT422',
  'Cannot save here: the filter "" is not known',
  'a bar that nothing follows'
);

select throws_ok(
  $$select workflow_engine.compile_placeholder('$.event.a |'' upper', 'here')$$,
  'PT422',
  null,
  'a quote that is never closed'
);

select * from finish();
rollback;
