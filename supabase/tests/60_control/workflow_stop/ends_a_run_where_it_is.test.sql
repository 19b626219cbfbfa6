begin;
select plan(5);

select test.deploy('[
  {"name": "done", "action_type": "log"},
  {"name": "working", "action_type": "log", "order": 2},
  {"name": "waiting", "action_type": "log", "order": 2},
  {"name": "planned", "action_type": "log", "order": 2, "delay": "1 hour"},
  {"name": "never", "action_type": "log", "order": 3}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "completed", "output": 1}');
create temporary table claimed on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'waiting'), '{"status": "waiting"}') from claimed;

select is(public.workflow_stop(run), '{"stopped": 1}', 'it says so') from given;
select is(
  test.statuses(run), '{"done": "completed", "working": "stopped", "waiting": "stopped", "planned": "stopped"}', 'whatever its actions were at'
)
from given;
select is(test.run_status(run), 'stopped', 'the run is stopped') from given;
select is((test.log_of(run, 'done')).output, '1', 'what it did stays') from given;
select test.travel('8 days');
select is(test.work_off(), 0, 'and nothing follows');

select * from finish();
rollback;
