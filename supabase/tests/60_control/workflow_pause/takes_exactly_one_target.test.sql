begin;
select plan(3);

select is(
  test.error_of('select public.workflow_pause()') - 'hint',
  '{"code": "PT422", "details": "control.target_invalid", "message": "Cannot pause: name exactly one thing, not 0"}',
  'not none'
);
select is(
  test.error_of($$select public.workflow_pause('00000000-0000-7000-8000-000000000000', action_type => 'log')$$) ->> 'message',
  'Cannot pause: name exactly one thing, not 2',
  'not two'
);
select is(
  test.error_of('select public.workflow_resume()') ->> 'message', 'Cannot resume: name exactly one thing, not 0', 'and so it is with resume'
);

select * from finish();
rollback;
