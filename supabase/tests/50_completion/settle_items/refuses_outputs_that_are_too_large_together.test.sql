-- However small each of them is. What else is in the same report comes to its end.
begin;
select plan(4);

update workflow_engine.settings set fan_out_output_bytes = 100;
select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items"},
  {"name": "other", "action_type": "log"},
  {"name": "after", "action_type": "log", "depends_on": ["each"]}
]');

create temporary table given on commit drop as select test.start_run('{"items": [1, 2, 3]}') as run;
select test.work_off(jsonb_build_object('each', jsonb_build_object('output', repeat('x', 32))));

select results_eq(
  $$select l.status, l.final, l.output, l.error from given, test.log_of(run, 'each') l$$,
  $$values ('failed', true, null::jsonb, 'The outputs of its items have more than 100 bytes together; let each item return less, such as the key of what it stored')$$,
  'the action fails for good, and says what to do'
);
select is(
  test.statuses(run),
  '{"each": "failed", "other": "completed", "after": "skipped"}',
  'and nothing else does'
)
from given;
select is(test.items(run), '{completed,completed,completed}', 'the items keep what they came to') from given;

update given set run = test.start_run('{"items": [1, 2, 3]}');
select test.work_off(jsonb_build_object('each', jsonb_build_object('output', repeat('x', 31))));
select is(test.run_status(run), 'completed', 'outputs below it are fine') from given;

select * from finish();
rollback;
