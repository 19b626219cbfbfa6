begin;
select plan(2);

select is(
  test.error_of($$select public.workflow_bulk('stop', '{"workflow": "w", "limit": 10001}')$$) - 'hint',
  '{"code": "PT422", "details": "bulk.filter_invalid", "message": "Cannot choose runs: the filter''s \"limit\" is 10001, not 1 to 10000"}',
  'not one more'
);
select is(public.workflow_bulk('stop', '{"workflow": "w", "limit": 10000}') -> 'matched', '0', 'but so many');

select * from finish();
rollback;
