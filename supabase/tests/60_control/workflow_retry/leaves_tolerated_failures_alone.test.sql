begin;
select plan(2);

select test.deploy('[
  {"name": "soft", "action_type": "log", "continue_on_failure": true},
  {"name": "hard", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"soft": {"status": "failed", "final": true}, "hard": {"status": "failed", "final": true}}');
select public.workflow_retry(run) from given;

select is(test.work_off(), 1, 'only one is repeated');
select is(test.statuses(run), '{"soft": "failed", "hard": "completed"}', 'the other one') from given;

select * from finish();
rollback;
