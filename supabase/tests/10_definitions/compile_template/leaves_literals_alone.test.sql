-- Nothing but a text with a placeholder changes.
begin;
select plan(1);

select results_eq(
  $$
    select compiled, holes
    from workflow_engine.compile_template(
      '{"text": "Hello {you} | }} $.x", "n": 1.50, "yes": true, "none": null, "list": [1, "two", {}], "empty": ""}', '', '[]'
    )
  $$,
  $$
    values (
      '{"text": "Hello {you} | }} $.x", "n": 1.50, "yes": true, "none": null, "list": [1, "two", {}], "empty": ""}'::jsonb,
      '[]'::jsonb
    )
  $$,
  'a payload without placeholders is its own template'
);

select * from finish();
rollback;
