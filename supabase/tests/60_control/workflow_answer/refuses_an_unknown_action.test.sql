begin;
select plan(1);

select is(
  test.error_of($$select public.workflow_answer('00000000-0000-7000-8000-000000000000', 1, '{"status": "completed"}')$$) - 'hint',
  '{"code": "PT404", "message": "There is no action log 00000000-0000-7000-8000-000000000000", "details": "action_log.unknown"}',
  'by its id'
);

select * from finish();
rollback;
