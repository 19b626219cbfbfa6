begin;
select plan(2);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;
select public.workflow_answer((test.log_of(run, 'ask')).id, 1, '{"status": "retry", "retry_after_ms": 0}') from given;
select test.work_off('{"ask": {"status": "waiting"}}');

select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', (l.log).id, '{"status": "completed"}')) - 'hint',
  jsonb_build_object(
    'code', 'PT409', 'details', 'answer.stale', 'message', format('Cannot answer attempt 1 of action log %s: its attempt is 2', (l.log).id)
  ),
  'only that of the current one counts'
)
from given, test.logs(run) l
where l.name = 'ask';
select is((test.log_of(run, 'ask')).status, 'waiting', 'it waits on') from given;

select * from finish();
rollback;
