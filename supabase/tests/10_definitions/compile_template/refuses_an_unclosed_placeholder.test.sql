begin;
select plan(2);

select throws_ok(
  $$select * from workflow_engine.compile_text('Hello {{ $.event.name }', 'here', '[]')$$,
  'PT422',
  'Cannot save here: "{{ $.event.name }" opens a placeholder that is never closed',
  'the error quotes where it opens'
);

select throws_ok(
  $$select * from workflow_engine.compile_text('{{ }}', 'here', '[]')$$,
  'PT422',
  null,
  'one with nothing in it is refused too'
);

select * from finish();
rollback;
