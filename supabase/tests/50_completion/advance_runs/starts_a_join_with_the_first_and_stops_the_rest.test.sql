-- join_count 1 is "any". The rest is stopped, and so is what only led to the join.
begin;
select plan(4);

select test.deploy('[
  {"name": "fast", "action_type": "log"},
  {"name": "slow", "action_type": "log"},
  {"name": "first", "action_type": "log", "delay": "1 hour"},
  {"name": "second", "action_type": "log", "depends_on": ["first"]},
  {"name": "join", "action_type": "log", "depends_on": ["fast", "slow", "second"], "join_count": 1}
]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'fast'), '{"status": "completed"}') from claimed;

select is(
  test.statuses(run),
  '{"fast": "completed", "slow": "stopped", "first": "stopped", "second": "skipped", "join": "not_started"}',
  'the first one starts the join; what is at work, planned or not yet begun is no longer needed'
)
from given;

select is(
  test.reasons(run),
  '{"slow": "not_needed", "first": "not_needed", "second": "not_needed"}',
  'each says why'
)
from given;

select is(
  test.report(test.claim_of(answer, 'slow'), '{"status": "completed"}') -> 'stopped',
  jsonb_build_array(test.claim_of(answer, 'slow') -> 'id'),
  'and its worker is told'
)
from claimed;

select test.work_off();
select is(test.run_status(run), 'completed', 'the run completes all the same') from given;

select * from finish();
rollback;
