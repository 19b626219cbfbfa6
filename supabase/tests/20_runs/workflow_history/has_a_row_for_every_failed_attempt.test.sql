begin;
select plan(2);

select test.create_workflow('w');
update public.workflow_action set max_retries = 1, backoff_base = '0';
create temporary table given on commit drop as select test.start_run() as run;

select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "first", "http_status": 503}');
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "second"}');

select results_eq(
  'select attempt, kind, error, detail - ''retry_at'', detail ? ''retry_at'' from public.workflow_history where run_id is not null order by attempt',
  $$
    values
      (1, 'attempt_failed', 'first', '{"worker_id": "test-worker", "http_status": 503}'::jsonb, true),
      (2, 'attempt_failed', 'second', '{"worker_id": "test-worker"}', false)
  $$,
  'each failed attempt is there, with its error, who made it, and whether another one follows'
);

select ok(
  bool_and(h.run_id = g.run and h.action_log_id = l.id and h.started_at is not null),
  'and says which run and action it was, and when it began'
)
from public.workflow_history h, given g, public.workflow_action_logs l
where h.kind = 'attempt_failed';

select * from finish();
rollback;
