begin;
select plan(2);

select test.deploy('[
  {"name": "book", "action_type": "log", "compensate_with": "cancel"},
  {"name": "pay", "action_type": "log", "order": 2},
  {"name": "cancel", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off();

select is(
  test.error_of(format('select public.workflow_replay(%L, %L)', run, 'nothing')),
  jsonb_build_object(
    'code', 'PT422', 'details', 'replay.action_unknown',
    'message', format('Cannot replay run %s from "nothing": version 1 has no such action', run), 'hint', 'Its actions are book, pay.'
  ),
  'and names those it has'
)
from given;
select is(
  test.error_of(format('select public.workflow_replay(%L, %L)', run, 'cancel')) ->> 'code', 'PT422', 'a compensation is none of them'
)
from given;

select * from finish();
rollback;
