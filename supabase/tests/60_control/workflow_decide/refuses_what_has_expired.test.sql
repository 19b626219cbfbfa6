begin;
select plan(2);

select test.start_wait(jsonb_build_object('kind', 'approval', 'message', 'Well?', 'expires_in', '1 hour', 'tokens', jsonb_build_array(
  jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex'))
)));
select test.travel('61 minutes');

select is(
  test.error_of($$select public.workflow_decide('for ada', 'approved')$$) ->> 'message',
  format('Cannot decide approval %s: it is expired', a.id),
  'before anybody noticed'
)
from public.workflow_approval a;
select test.work_off();
select is(
  test.error_of($$select public.workflow_decide('for ada', 'approved')$$) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'approval.decided', 'message', format('Cannot decide approval %s: it is expired', a.id)),
  'and after'
)
from public.workflow_approval a;

select * from finish();
rollback;
