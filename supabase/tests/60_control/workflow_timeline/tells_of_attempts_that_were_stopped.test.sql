-- By a person while one was executed, and with its run while it waited; a retry begins another.
begin;
select plan(1);

select test.deploy('[{"name": "a", "action_type": "log"}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.claim();
select public.workflow_stop(action_id => (test.log_of(run, 'a')).id) from given;
select public.workflow_retry(run) from given;
select test.report(public.workflow_claim('another-worker') #> '{claims,0}', '{"status": "waiting", "http_status": 202}');
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;
select test.work_off();

select results_eq(
  $$
    select e ->> 'kind', (e ->> 'attempt')::integer, e ->> 'worker_id', (e ->> 'http_status')::integer, (e ->> 'started_at')::timestamptz <= (e ->> 'at')::timestamptz
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ->> 'kind' in ('attempt_started', 'attempt_stopped', 'action_completed')
    order by n
  $$,
  $$values
    ('attempt_started', 1, 'test-worker', null, null), ('attempt_stopped', 1, 'test-worker', null, true),
    ('attempt_started', 2, 'another-worker', null, null), ('attempt_stopped', 2, 'another-worker', 202, true),
    ('attempt_started', 3, 'test-worker', null, null), ('action_completed', 3, null, null, null)$$,
  'each began and ended'
);

select * from finish();
rollback;
