begin;
select plan(3);

select test.deploy('[
  {"name": "fast", "action_type": "log"},
  {"name": "slow", "action_type": "log", "delay": "1 hour"},
  {"name": "join", "action_type": "log", "depends_on": ["fast", "slow"], "join_count": 1},
  {"name": "end", "action_type": "log", "depends_on": ["join"]}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off();
select is(test.statuses(run), '{"fast": "completed", "slow": "stopped", "join": "completed", "end": "completed"}', 'a join had enough') from given;
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'end') ->> 'run_id')::uuid as new_run from given;

select is(
  test.statuses(new_run) - 'slow', '{"fast": "completed", "join": "completed", "end": "not_started"}', 'and is not done again'
)
from replayed;
select test.work_off();
select is(test.run_status(new_run), 'completed', 'nobody waits for the rest') from replayed;

select * from finish();
rollback;
