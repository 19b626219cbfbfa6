begin;
select plan(2);

select test.deploy('[
  {"name": "fast", "action_type": "log"},
  {"name": "slow", "action_type": "log", "delay": "1 hour"},
  {"name": "join", "action_type": "log", "depends_on": ["fast", "slow"], "join_count": 1}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"join": {"status": "failed", "final": true}}');
select public.workflow_retry(run) from given;
select test.work_off();

select is(test.statuses(run), '{"fast": "completed", "slow": "stopped", "join": "completed"}', 'it stays stopped') from given;
select is(test.run_status(run), 'completed', 'and the run ends well') from given;

select * from finish();
rollback;
