-- A second attempt at the same thing carries the same idempotency key, in its own place or behind another failure.
begin;
select plan(3);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "c", "action_type": "log", "depends_on": ["a"], "run_if": "always"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}, "c": {"status": "failed", "final": true}}');
create temporary table before on commit drop as select test.log_of(run, 'c') as log from given;
select public.workflow_retry(run) from given;
select test.work_off();

select is((test.log_of(run, 'c')).id, (log).id, 'it is the same action log') from given, before;
select is((test.log_of(run, 'c')).attempt, (log).attempt + 1, 'and another attempt') from given, before;
select is(test.statuses(run), '{"a": "completed", "c": "completed"}', 'that is taken') from given;

select * from finish();
rollback;
