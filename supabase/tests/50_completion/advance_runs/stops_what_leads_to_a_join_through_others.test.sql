begin;
select plan(1);

select test.deploy('[
  {"name": "fast", "action_type": "log", "depends_on": []},
  {"name": "slow", "action_type": "log", "depends_on": []},
  {"name": "next", "action_type": "log", "depends_on": ["slow"]},
  {"name": "first", "action_type": "log", "depends_on": ["fast", "next"], "join_count": 1}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim_of(test.claim(), 'fast'), '{"status": "completed"}');

select is(
  test.statuses(run),
  '{"fast": "completed", "slow": "stopped", "next": "skipped", "first": "not_started"}',
  'at once, however far before the join it stands'
)
from given;

select * from finish();
rollback;
