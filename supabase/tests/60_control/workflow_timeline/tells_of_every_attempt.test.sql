-- When it started and ended, who did it, what went wrong, what the other side answered.
begin;
select plan(1);

select test.deploy('[{"name": "a", "action_type": "log", "max_retries": 1}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "Busy", "http_status": 503, "retry_after_ms": 60000}');
select test.travel('2 minutes');
select test.report(
  public.workflow_claim('another-worker') #> '{claims,0}', '{"status": "completed", "output": 1, "http_status": 201}'
);
create temporary table told on commit drop as
select e from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e where e ? 'attempt';

select results_eq(
  $$
    select e ->> 'kind', (e ->> 'attempt')::integer, e ->> 'worker_id', e ->> 'error', (e ->> 'http_status')::integer,
      (e ->> 'started_at')::timestamptz <= (e ->> 'at')::timestamptz
    from told
  $$,
  $$values
    ('attempt_started', 1, 'test-worker', null, null, null),
    ('attempt_failed', 1, 'test-worker', 'Busy', 503, true),
    ('attempt_started', 2, 'another-worker', null, null, null),
    ('action_completed', 2, null, null, 201, null)$$,
  'of both'
);

select * from finish();
rollback;
