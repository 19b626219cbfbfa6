begin;
select plan(1);

select is(
  test.error_of($$select public.workflow_timeline('00000000-0000-7000-8000-000000000000')$$) - 'hint',
  '{"code": "PT404", "details": "run.unknown", "message": "There is no run 00000000-0000-7000-8000-000000000000"}',
  'by its id'
);

select * from finish();
rollback;
