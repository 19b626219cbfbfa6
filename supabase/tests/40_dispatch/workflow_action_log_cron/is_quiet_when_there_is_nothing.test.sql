begin;
select plan(3);

select test.configure();

select is(public.workflow_action_log_cron(), '{"events": 0, "due": 0}', 'nothing was there');
select is((select count(*) from net.http_request_queue), 0::bigint, 'nobody is rung');

select ok(
  (select clock_timestamp() - ran_at < interval '5 seconds' from workflow_engine.tick_state),
  'the tick notes when it ran'
);

select * from finish();
rollback;
