begin;
select plan(5);

select test.deploy('[
  {"name": "working", "action_type": "log"},
  {"name": "waiting", "action_type": "log"},
  {"name": "planned", "action_type": "log", "delay": "1 hour"},
  {"name": "next", "action_type": "log", "order": 2}
]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'waiting'), '{"status": "waiting"}') from claimed;
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;

select is(test.statuses(run), '{"working": "not_started", "waiting": "not_started", "planned": "not_started"}', 'all of it') from given;
select is(test.work_off(), 2, 'at once, but for what was planned for later');
select is((test.log_of(run, 'planned')).status, 'not_started', 'that keeps its time') from given;
select test.travel('1 hour');
select is(test.work_off(), 2, 'and is followed as ever');
select is(test.run_status(run), 'completed', 'to the end') from given;

select * from finish();
rollback;
