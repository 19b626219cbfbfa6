begin;
select plan(5);

select throws_ok(
  $$select public.workflow_report('w', '{}')$$,
  'PT400',
  'Cannot take a report: results and running must be arrays',
  'results that are an object'
);

select throws_ok(
  $$select public.workflow_report('w', '[]', null)$$,
  'PT400',
  'Cannot take a report: results and running must be arrays',
  'running that is null'
);

select throws_ok(
  $$select public.workflow_report('w', '[1]')$$,
  'PT400',
  'Cannot take a report: argument of jsonb_to_recordset must be an array of objects',
  'a result that is a number'
);

select throws_ok(
  $$select public.workflow_report('w', '[]', '[{"id": "one", "attempt": 1}]')$$,
  'PT400',
  'Cannot take a report: invalid input syntax for type uuid: "one"',
  'a running attempt without a readable id'
);

select throws_ok($$select public.workflow_report('w', '[]', '[]', -1)$$, 'PT400', null, 'fewer than no claims');

select * from finish();
rollback;
