begin;
select plan(1);

select test.create_workflow('w');
select test.start_run();
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting"}');

select ok(
  (select execute_at - workflow_engine.clock() between interval '6 days 23:59' and interval '7 days' from public.workflow_action_logs),
  'the setting waiting_timeout'
);

select * from finish();
rollback;
