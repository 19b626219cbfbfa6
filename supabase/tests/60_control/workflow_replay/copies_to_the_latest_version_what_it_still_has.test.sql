begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "gone", "action_type": "log"},
  {"name": "z", "action_type": "log", "depends_on": ["a", "gone"]}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"output": 1}}');
select test.age_versions();
select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "new", "action_type": "log", "depends_on": ["a"]},
  {"name": "z", "action_type": "log", "depends_on": ["new"]}
]');
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'z', version => 'latest') ->> 'run_id')::uuid as new_run from given;

select is(test.statuses(new_run), '{"a": "completed", "new": "not_started"}', 'and does what is new') from replayed;
select test.work_off();
select is(test.statuses(new_run), '{"a": "completed", "new": "completed", "z": "completed"}', 'before what it was asked for') from replayed;

select * from finish();
rollback;
