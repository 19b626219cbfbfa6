begin;
select plan(3);

select throws_ok(
  $$select public.workflow_emit('test.happened', '[1]')$$,
  'PT422',
  'Cannot emit event "test.happened": its payload is a JSON array, not an object',
  'an array is refused'
);

select throws_ok(
  $$select public.workflow_emit('test.happened', null)$$,
  'PT422',
  'Cannot emit event "test.happened": its payload is a JSON null, not an object',
  'so is null'
);

select is(
  test.error_of($$select public.workflow_emit('test.happened', '1')$$) ->> 'details',
  'event.invalid',
  'the key of the error is stable'
);

select * from finish();
rollback;
