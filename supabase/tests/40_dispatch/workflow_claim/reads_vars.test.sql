-- Constants of a workflow, for templates and for every condition.
begin;
select plan(2);

select test.deploy(
  '[{"name": "a", "action_type": "log", "payload": {"from": "{{ $.vars.sender }}", "all": "{{ $.vars }}"}, "condition": "$.vars.limit < 5"}]',
  '{"vars": {"sender": "shop@example.com", "limit": 3}, "condition": "$.event.n > $.vars.limit"}'
);

select is(
  jsonb_array_length(public.workflow_emit('test.happened', '{"n": 2}') -> 'runs'), 0,
  'the workflow''s own condition reads them'
);
select test.start_run('{"n": 4}');
select is(
  test.claim() #> '{claims,0,values}',
  '[{"limit": 3, "sender": "shop@example.com"}, "shop@example.com"]',
  'an action''s condition and template read them, with their types'
);

select * from finish();
rollback;
