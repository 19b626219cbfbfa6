begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log"},
  {"name": "c", "action_type": "log", "depends_on": ["b"]}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'c') ->> 'run_id')::uuid as new_run from given;

select is(test.statuses(new_run), '{"a": "not_started", "b": "completed", "c": "not_started"}', 'although it is elsewhere') from replayed;
select test.work_off();
select is(test.run_status(new_run), 'completed', 'so that the run can end well') from replayed;

select * from finish();
rollback;
