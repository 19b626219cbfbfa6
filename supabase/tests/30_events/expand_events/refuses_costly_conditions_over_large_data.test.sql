-- Two wildcards cost the square of the data: over much data, nobody is allowed to buy that.
begin;
select plan(3);

select test.create_workflow('w', condition => 'exists($.event.a[*].b[*] ? (@ == "x"))');
update workflow_engine.settings set costly_expression_bytes = 2000;

select is(
  jsonb_array_length(public.workflow_emit('test.happened', '{"a": [{"b": ["x"]}]}') -> 'runs'),
  1,
  'over little data it is evaluated'
);

select is(
  jsonb_array_length(public.workflow_emit('test.happened', jsonb_build_object('a', '[{"b": ["x"]}]'::jsonb, 'pad', repeat('y', 2000))) -> 'runs'),
  0,
  'over much data it starts nothing'
);

select results_eq(
  $$select kind, error from public.workflow_history where kind <> 'definition_saved'$$,
  $$values ('event_failed', 'The condition has two wildcards and its data more than 2000 bytes')$$,
  'and the history says why'
);

select * from finish();
rollback;
