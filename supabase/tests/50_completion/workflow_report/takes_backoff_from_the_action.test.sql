begin;
select plan(3);

select test.create_workflow('w');
update public.workflow_action set backoff_base = '10 seconds', backoff_factor = 3, backoff_cap = '1 minute';
select test.start_run();

create function pg_temp.seconds_until_retry()
returns numeric
language sql
as $$
  select test.travel('1 day');
  select test.report(test.claim() #> '{claims,0}', '{"status": "failed"}');
  select extract(epoch from l.execute_at - workflow_engine.clock()) from public.workflow_action_logs l;
$$;

select ok(pg_temp.seconds_until_retry() <@ numrange(29.5, 33), 'base times factor');
select ok(pg_temp.seconds_until_retry() <@ numrange(59.5, 66), 'never more than the cap and a tenth');
select is((select error from public.workflow_action_logs), 'No reason given', 'a failure without a reason says so');

select * from finish();
rollback;
