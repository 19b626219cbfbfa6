begin;
select plan(3);

select test.deploy('[
  {"name": "book", "action_type": "log", "compensate_with": "cancel"},
  {"name": "pay", "action_type": "log", "order": 2},
  {"name": "cancel", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"pay": {"status": "failed", "final": true}}');
select is(test.statuses(run) ->> 'cancel', 'completed', 'what had completed was undone') from given;

select is(
  test.error_of(format('select public.workflow_retry(%L)', run)),
  jsonb_build_object(
    'code', 'PT409', 'details', 'run.wrong_status', 'message', format('Cannot retry run %s: it is failed', run),
    'hint', 'Its compensations had begun: repeat it as a new run with workflow_replay.'
  ),
  'and says what to do'
)
from given;
select is(test.run_status(run), 'failed', 'nothing has changed') from given;

select * from finish();
rollback;
