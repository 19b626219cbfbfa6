-- Stopped while it awaited the end of what it follows, after a retry.
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "mail", "action_type": "log", "depends_on": ["a"], "run_if": "always", "delay": "1 day"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
select public.workflow_stop(action_id => (test.log_of(run, 'mail')).id) from given;
select public.workflow_retry(run) from given;
select public.workflow_stop(action_id => (test.log_of(run, 'mail')).id) from given;
select test.work_off();
select is(test.statuses(run), '{"a": "completed", "mail": "stopped"}', 'a person stopped it') from given;
select public.workflow_retry(run) from given;

select is(
  (test.log_of(run, 'mail')).execute_at - workflow_engine.clock() between interval '23 hours' and interval '1 day', true, 'it has its delay'
)
from given;

select * from finish();
rollback;
