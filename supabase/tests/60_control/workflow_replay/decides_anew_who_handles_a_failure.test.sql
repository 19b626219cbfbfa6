begin;
select plan(1);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "h", "action_type": "log", "depends_on": ["a"], "run_if": "failure"},
  {"name": "z", "action_type": "log", "depends_on": []}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'z') ->> 'run_id')::uuid as new_run from given;
select test.work_off();

select is(test.statuses(new_run), '{"a": "completed", "h": "skipped", "z": "completed"}', 'when it does not fail again, nobody') from replayed;

select * from finish();
rollback;
