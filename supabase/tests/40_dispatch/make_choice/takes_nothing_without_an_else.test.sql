begin;
select plan(3);

select test.deploy('[
  {"name": "pick", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n == 1", "then": "a"}]}},
  {"name": "a", "action_type": "log", "order": 2}
]');
create temporary table given on commit drop as select test.start_run('{"n": 2}') as run;
select test.work_off();

select is((test.log_of(run, 'pick')).output - 'because', '{"rule": null, "chosen": []}', 'no rule was taken') from given;
select is(test.statuses(run), '{"pick": "completed", "a": "skipped"}', 'nothing runs') from given;
select is(test.run_status(run), 'completed', 'and that is no failure') from given;

select * from finish();
rollback;
