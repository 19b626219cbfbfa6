-- The pointer leads into the payload, through arrays, with the escapes of RFC 6901.
begin;
select plan(3);

select test.create_workflow('w', '{1}');

select throws_ok(
  $$update public.workflow_action set payload = '{"to": ["x", {"a/b~c": "{{ $.nobody }}"}]}'$$,
  'PT422',
  'Cannot save action "a" of workflow "w" at /payload/to/1/a~1b~0c: the expression "$.nobody" is invalid. The root "$.nobody" does not exist; expected one of $.event, $.record, $.actions, $.run, $.vars, $.item, $.now',
  'a bad path deep in the payload'
);

select throws_ok(
  $$update public.workflow_action set condition = '$.record.active'$$,
  'PT422',
  'Cannot save action "a" of workflow "w" at /condition: "$.record.active" is not a predicate',
  'an action''s condition'
);

select throws_ok(
  $$update public.workflow_action set target_endpoint = 'https://example.com/{{ $.x }}'$$,
  'PT422',
  'Cannot save action "a" of workflow "w" at /target_endpoint: the expression "$.x" is invalid. The root "$.x" does not exist; expected one of $.event, $.record, $.actions, $.run, $.vars, $.item, $.now',
  'a bad path in the endpoint'
);

select * from finish();
rollback;
