begin;
select plan(1);

select throws_ok(
  $$select * from workflow_engine.compile_template('{"a": {"$template": [0]}}', 'here', '[]')$$,
  'PT422',
  'Cannot save here/a: the key "$template" is the engine''s own',
  'a payload cannot smuggle in a compiled template'
);

select * from finish();
rollback;
