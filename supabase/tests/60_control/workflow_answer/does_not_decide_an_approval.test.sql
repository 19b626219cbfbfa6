begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.claim();

select is(
  test.error_of(format('select public.workflow_answer(%L, 2, %L)', (test.log_of(run, 'ask')).id, '{"status": "completed", "output": {"decision": "approved"}}')) - 'hint',
  jsonb_build_object(
    'code', 'PT409', 'details', 'answer.not_awaited', 'message', format('Cannot answer action log %s: it will wait for no callback', (test.log_of(run, 'ask')).id)
  ),
  'a reminder has a callback URL, too, which is not for that'
)
from given;
select is((select status from public.workflow_approval), 'pending', 'only people decide');

select * from finish();
rollback;
