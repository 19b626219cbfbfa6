begin;
select plan(2);

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
create temporary table given on commit drop as select test.start_run('{"n": 3}') as run;
select test.work_off();

select is(
  test.statuses(run),
  '{"pick": "completed", "big": "skipped", "medium": "completed", "also": "completed", "small": "skipped", "end": "completed"}',
  'a rule may name a list'
)
from given;
select is((test.log_of(run, 'pick')).output -> 'chosen', '["medium", "also"]', 'the output names them') from given;

select * from finish();
rollback;
