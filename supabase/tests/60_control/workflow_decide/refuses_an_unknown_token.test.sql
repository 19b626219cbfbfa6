begin;
select plan(4);

select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": [{"recipient": "ada@example.com", "hash": "00ff"}]}');

select is(
  test.error_of(format('select public.workflow_decide(%L, %L)', t.token, 'approved')) - 'hint',
  '{"code": "PT404", "message": "There is no approval with this link", "details": "approval.unknown"}',
  coalesce(t.token, 'none')
)
from unnest(array['guess', '00ff', '', null]) t (token);

select * from finish();
rollback;
