begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as
select payload, test.start_run(payload) as run
from (values ('{"items": "x"}'::jsonb), ('{"items": {"v": 1}}'), ('{"items": null}'), ('{}')) p (payload);
select test.work_off();

select results_eq(
  $$
    select payload, (test.log_of(run, 'each')).status, (test.log_of(run, 'each')).error, test.run_status(run)
    from given
    order by payload::text
  $$,
  $$
    values
      ('{"items": "x"}'::jsonb, 'failed', 'for_each "$."event"."items"" found a JSON string, not an array', 'failed'),
      ('{"items": null}', 'failed', 'for_each "$."event"."items"" found a JSON null, not an array', 'failed'),
      ('{"items": {"v": 1}}', 'failed', 'for_each "$."event"."items"" found a JSON object, not an array', 'failed'),
      ('{}', 'failed', 'for_each "$."event"."items"" found nothing, not an array', 'failed')
  $$,
  'the error names the expression and what it found'
);
select ok(bool_and((test.log_of(run, 'each')).final), 'no retry would mend that') from given;
select is_empty('select from workflow_engine.fan_out', 'and nothing was fanned out');

select * from finish();
rollback;
