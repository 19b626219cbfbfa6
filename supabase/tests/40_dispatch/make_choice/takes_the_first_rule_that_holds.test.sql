begin;
select plan(3);

select test.deploy('[
  {"name": "pick", "action_type": "choice", "payload": {"choices": [
    {"if": "$.event.n > $.vars.limit", "then": "big"},
    {"if": "$.event.n > 1", "then": ["medium", "also"]}
  ], "else": "small"}},
  {"name": "big", "action_type": "log", "order": 2},
  {"name": "medium", "action_type": "log", "order": 2},
  {"name": "also", "action_type": "log", "order": 2},
  {"name": "small", "action_type": "log", "order": 2},
  {"name": "end", "action_type": "log", "order": 3}
]', '{"vars": {"limit": 5}}');
create temporary table given on commit drop as select test.start_run('{"n": 9}') as run;
select test.work_off();

select is(
  test.statuses(run),
  '{"pick": "completed", "big": "completed", "medium": "skipped", "also": "skipped", "small": "skipped", "end": "completed"}',
  'of two rules that hold, the first one counts'
)
from given;
select is(
  test.reasons(run),
  '{"medium": "choice", "also": "choice", "small": "choice"}',
  'the other branches are skipped by the choice'
)
from given;
select is((test.log_of(run, 'pick')).attempt, 1, 'no worker is needed for it: it counts as one attempt') from given;

select * from finish();
rollback;
