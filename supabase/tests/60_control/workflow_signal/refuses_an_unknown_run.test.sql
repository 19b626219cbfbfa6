begin;
select plan(2);

select is(
  test.error_of($$select public.workflow_signal('00000000-0000-7000-8000-000000000000', 'go')$$) - 'hint',
  '{"code": "PT404", "message": "There is no run 00000000-0000-7000-8000-000000000000", "details": "run.unknown"}',
  'by its id'
);
select is(test.error_of($$select public.workflow_signal(null, 'go')$$) ->> 'code', 'PT404', 'or without one');

select * from finish();
rollback;
