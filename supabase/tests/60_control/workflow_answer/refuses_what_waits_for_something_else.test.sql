begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}') as run;

select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', (l.log).id, '{"status": "completed"}')) - 'hint',
  jsonb_build_object(
    'code', 'PT409', 'details', 'answer.not_awaited', 'message', format('Cannot answer action log %s: it is waiting for approval', (l.log).id)
  ),
  'nobody answers in the place of a person'
)
from given, test.logs(run) l;

select * from finish();
rollback;
