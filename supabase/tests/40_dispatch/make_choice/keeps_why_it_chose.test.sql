-- One must be able to see later why a branch was taken.
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
  (test.log_of(run, 'pick')).output,
  '{
    "rule": 0,
    "chosen": ["big"],
    "because": [{
      "expression": "($.\"event\".\"n\" > $.\"vars\".\"limit\")",
      "result": true,
      "values": {"$.\"event\".\"n\"": "9", "$.\"vars\".\"limit\"": "5"}
    }]
  }',
  'the output has the rule, its expression and the values it saw'
)
from given;

update given set run = test.start_run('{"n": 2}');
select test.work_off();
select is(
  (test.log_of(run, 'pick')).output,
  '{
    "rule": 1,
    "chosen": ["medium", "also"],
    "because": [
      {
        "expression": "($.\"event\".\"n\" > $.\"vars\".\"limit\")",
        "result": false,
        "values": {"$.\"event\".\"n\"": "2", "$.\"vars\".\"limit\"": "5"}
      },
      {"expression": "($.\"event\".\"n\" > 1)", "result": true, "values": {"$.\"event\".\"n\"": "2"}}
    ]
  }',
  'and those of the rules before it'
)
from given;

update given set run = test.start_run();
select test.work_off();
select is(
  jsonb_path_query_array((test.log_of(run, 'pick')).output, '$.because[*].values'),
  '[{"$.\"event\".\"n\"": null, "$.\"vars\".\"limit\"": "5"}, {"$.\"event\".\"n\"": null}]',
  'the else those of all'
)
from given;

select * from finish();
rollback;
