begin;
select plan(2);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;
select public.workflow_answer((test.log_of(run, 'ask')).id, 1, '{"status": "completed", "output": 1}') from given;

select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', (l.log).id, '{"status": "completed", "output": 2}')) - 'hint',
  jsonb_build_object(
    'code', 'PT409', 'details', 'answer.not_awaited', 'message', format('Cannot answer action log %s: it is completed', (l.log).id)
  ),
  'the first one counts'
)
from given, test.logs(run) l
where l.name = 'ask';
select is((test.log_of(run, 'ask')).output, '1', 'and stays') from given;

select * from finish();
rollback;
