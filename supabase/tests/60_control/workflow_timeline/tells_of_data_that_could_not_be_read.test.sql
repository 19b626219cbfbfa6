-- Nothing was executed: the failure is no attempt of any worker, and still there after a retry.
begin;
select plan(2);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items"}]');
create temporary table given on commit drop as select test.start_run('{"items": "none"}') as run;
select test.work_off();
select public.workflow_retry(run) from given;
create temporary table told on commit drop as
select e from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e where e ->> 'kind' = 'attempt_failed';

select is(
  (select e - array['at', 'action_id', 'error'] from told),
  '{"kind": "attempt_failed", "action": "each"}',
  'of which action'
);
select is((select e ->> 'error' from told), (test.log_of(run, 'each')).error, 'and why') from given;

select * from finish();
rollback;
