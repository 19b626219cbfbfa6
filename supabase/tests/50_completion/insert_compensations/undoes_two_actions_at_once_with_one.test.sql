-- Two actions may name the same compensation: it runs once.
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log", "compensate_with": "undo"},
  {"name": "b", "action_type": "log", "compensate_with": "undo"},
  {"name": "c", "action_type": "log", "order": 2},
  {"name": "undo", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"c": {"status": "failed", "final": true}}');

select is(test.statuses(run), '{"a": "completed", "b": "completed", "c": "failed", "undo": "completed"}', 'once for both') from given;
select is(test.run_status(run), 'failed', 'and the run ends') from given;

select * from finish();
rollback;
