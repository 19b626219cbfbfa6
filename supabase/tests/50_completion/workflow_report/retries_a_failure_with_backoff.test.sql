-- 2^tries minutes after the increment: 2, 4, 8 …, and up to a tenth more.
begin;
select plan(5);

select test.create_workflow('w');
select test.start_run();

create function pg_temp.minutes_until_retry()
returns numeric
language sql
as $$
  select test.travel('1 day');
  select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "no luck"}');
  select extract(epoch from l.execute_at - workflow_engine.clock()) / 60 from public.workflow_action_logs l;
$$;

select ok(pg_temp.minutes_until_retry() <@ numrange(1.99, 2.2), 'the first retry waits two minutes');

select results_eq(
  'select status, attempt, tries, final, error, completed_at from public.workflow_action_logs',
  $$values ('not_started', 1, 1, false, 'no luck', null::timestamptz)$$,
  'meanwhile it is not started, with one try less and its error'
);

select ok(pg_temp.minutes_until_retry() <@ numrange(3.99, 4.4), 'the second one four');
select ok(pg_temp.minutes_until_retry() <@ numrange(7.99, 8.8), 'the third one eight');
select is((select status from public.workflow_run), 'running', 'its run is running all the time');

select * from finish();
rollback;
