begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}') as run;
select public.workflow_stop(run) from given;

select results_eq('select a.status, a.remind_at from public.workflow_approval a', $$values ('stopped', null::timestamptz)$$, 'nobody need decide');
select is(
  test.error_of(format('select public.workflow_approve(%L)', a.id)) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'approval.decided', 'message', format('Cannot decide approval %s: it is stopped', a.id)),
  'or can'
)
from public.workflow_approval a;
select test.travel('8 days');
select is(test.work_off(), 0, 'and nobody is reminded');

select * from finish();
rollback;
