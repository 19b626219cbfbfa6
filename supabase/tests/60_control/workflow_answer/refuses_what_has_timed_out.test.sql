begin;
select plan(2);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback", "timeout": "1 hour"}') as run;
select test.travel('61 minutes');

select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', (test.log_of(run, 'ask')).id, '{"status": "completed"}')) - 'hint',
  jsonb_build_object(
    'code', 'PT409', 'details', 'answer.not_awaited', 'message', format('Cannot answer action log %s: its timeout has passed', (test.log_of(run, 'ask')).id)
  ),
  'although nobody has looked at it since'
)
from given;
select test.work_off();
select is((test.log_of(run, 'ask')).status, 'failed', 'it fails as if nobody had answered') from given;

select * from finish();
rollback;
