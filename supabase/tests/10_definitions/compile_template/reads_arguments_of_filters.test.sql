begin;
select plan(3);

select is(
  workflow_engine.compile_filter(e'default: ''it\\''s'', "say \\"hi\\"", -1.50 ', '') -> 'arguments',
  '["it''s", "say \"hi\"", -1.50]',
  'texts in either quote, with escapes, and numbers'
);

select throws_ok(
  $$select workflow_engine.compile_filter('default: you', 'here')$$,
  'PT422',
  'Cannot save here: cannot read the arguments "you" of the filter "default"',
  'a bare word is refused'
);

select throws_ok(
  $$select workflow_engine.compile_filter('default: "a",', 'here')$$,
  'PT422',
  'Cannot save here: cannot read the arguments ""a"," of the filter "default"',
  'a comma that nothing follows is refused'
);

select * from finish();
rollback;
