begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log"},
  {"name": "c", "action_type": "log"},
  {"name": "join", "action_type": "log", "depends_on": ["a", "b", "c"], "join_count": 2}
]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') from claimed;
select is(test.statuses(run) ->> 'join', null, 'one of three is not enough for two') from given;

select test.report(test.claim_of(answer, 'c'), '{"status": "completed"}') from claimed;
select is(
  test.statuses(run),
  '{"a": "completed", "b": "stopped", "c": "completed", "join": "not_started"}',
  'two are, and the third is stopped'
)
from given;

select * from finish();
rollback;
