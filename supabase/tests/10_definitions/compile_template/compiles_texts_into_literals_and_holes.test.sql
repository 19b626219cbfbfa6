begin;
select plan(4);

select is(
  (select compiled from workflow_engine.compile_text('{{ $.event.n }}', '', '[]')),
  '{"$template": [0]}',
  'a lone placeholder is one hole, which keeps its value''s type'
);

select is(
  (select compiled from workflow_engine.compile_text('Hi {{ $.event.a }} and {{$.event.b}}!', '', '[]')),
  '{"$template": ["Hi ", 0, " and ", 1, "!"]}',
  'mixed text alternates literals and holes'
);

select is(
  (select compiled from workflow_engine.compile_text('{{ $.event.a }}{{ $.event.b }}', '', '[]')),
  '{"$template": [0, 1]}',
  'two placeholders side by side have nothing between them'
);

select results_eq(
  $$
    select t.compiled, jsonb_path_query_array(t.holes, '$[*].path')
    from workflow_engine.compile_template('{"a": ["{{ $.event.x }}"], "b": {"c": "{{ $.event.y }}?"}}', '', '[]') t
  $$,
  $$
    values (
      '{"a": [{"$template": [0]}], "b": {"c": {"$template": [1, "?"]}}}'::jsonb,
      '["$.event.x", "$.event.y"]'::jsonb
    )
  $$,
  'holes are counted through the whole template'
);

select * from finish();
rollback;
