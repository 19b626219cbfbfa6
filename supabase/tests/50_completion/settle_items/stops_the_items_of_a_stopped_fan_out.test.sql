-- A join that has enough stops a fan-out, and the fan-out its items.
begin;
select plan(4);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1},
  {"name": "fast", "action_type": "log"},
  {"name": "join", "action_type": "log", "depends_on": ["each", "fast"], "join_count": 1}
]');
create temporary table given on commit drop as select test.start_run('{"items": [1, 2, 3]}') as run;
create temporary table claimed on commit drop as select test.claim() as answer;
create temporary table at_work on commit drop as select test.claim() as answer;
select is(test.items(run), array['processing', 'not_started', 'not_started'], 'an item is at work') from given;

select test.report(test.claim_of(answer, 'fast'), '{"status": "completed"}') from claimed;

select is(test.items(run), array['stopped', 'stopped', 'stopped'], 'then all are stopped') from given;
select test.work_off();
select is(test.statuses(run), '{"each": "stopped", "fast": "completed", "join": "completed"}', 'as the action is') from given;
select is(test.run_status(run), 'completed', 'and the run completes') from given;

select * from finish();
rollback;
