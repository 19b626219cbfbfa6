begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}') as run;
select public.workflow_approve(a.id, null, 'Ada') from public.workflow_approval a;

select is(
  test.error_of(format('select public.workflow_reject(%L)', a.id)) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'approval.decided', 'message', format('Cannot decide approval %s: it is approved by Ada', a.id)),
  'and names the first'
)
from public.workflow_approval a;
select is((test.log_of(run, 'ask')).output ->> 'decision', 'approved', 'which counts') from given;
select is((select count(*) from public.workflow_history where kind = 'rejected'), 0::bigint, 'the history has no other');

select * from finish();
rollback;
