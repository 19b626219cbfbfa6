begin;
select plan(2);

select test.deploy('[
  {"name": "fork", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n == 1", "then": "left"}], "else": "right"}},
  {"name": "left", "action_type": "log", "depends_on": ["fork"]},
  {"name": "right", "action_type": "log", "depends_on": ["fork"]},
  {"name": "end", "action_type": "log", "depends_on": ["left", "right"]}
]');
create temporary table given on commit drop as select test.start_run('{"n": 1}') as run;
select test.work_off();
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'end') ->> 'run_id')::uuid as new_run from given;

select is(
  test.statuses(new_run), '{"fork": "completed", "left": "completed", "right": "skipped", "end": "not_started"}', 'and what it passed over'
)
from replayed;
select is(test.work_off(), 1, 'only the end is done again');

select * from finish();
rollback;
