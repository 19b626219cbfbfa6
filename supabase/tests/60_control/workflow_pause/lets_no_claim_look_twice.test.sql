-- What is held is out of the way of claims, however much of it there is.
begin;
select plan(4);

select test.create_workflow('w');
select test.start_run() from generate_series(1, 10);
select public.workflow_pause(workflow_id => id) from public.workflow;
select test.claim();

select is((select count(*) from public.workflow_action_logs where is_held), 10::bigint, 'one look holds all of it');
select is(workflow_engine.has_work(workflow_engine.clock()), false, 'the next one finds no work');
select is(test.claim() -> 'next_due_ms', 'null', 'and nothing that is due some time');
select test.configure();
select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 0::bigint, 'nor does the tick wake anybody');

select * from finish();
rollback;
