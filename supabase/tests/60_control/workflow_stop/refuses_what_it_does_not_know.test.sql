begin;
select plan(2);

select is(
  test.error_of($$select public.workflow_stop('00000000-0000-7000-8000-000000000000')$$) - 'hint',
  '{"code": "PT404", "details": "run.unknown", "message": "There is no run 00000000-0000-7000-8000-000000000000"}',
  'a run'
);
select is(
  test.error_of($$select public.workflow_stop(action_id => '00000000-0000-7000-8000-000000000000')$$) - 'hint',
  '{"code": "PT404", "details": "action_log.unknown", "message": "There is no action log 00000000-0000-7000-8000-000000000000"}',
  'an action'
);

select * from finish();
rollback;
