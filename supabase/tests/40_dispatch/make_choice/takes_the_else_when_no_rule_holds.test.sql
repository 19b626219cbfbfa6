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
create temporary table given on commit drop as select test.start_run('{"n": 0}') as run, test.start_run('{}') as unknown;
select test.work_off();

select is((test.log_of(run, 'pick')).output - 'because', '{"rule": 2, "chosen": ["small"]}', 'the else is the last rule') from given;
select is(test.statuses(run) ->> 'small', 'completed', 'and its branch runs') from given;
select is(
  (test.log_of(unknown, 'pick')).output -> 'chosen',
  '["small"]',
  'a condition over missing data does not hold'
)
from given;

select * from finish();
rollback;
