begin;
select plan(2);

select test.create_workflow('w');
update workflow_engine.settings set actions_per_worker = 2, max_workers = 3;
select test.configure();

select test.start_run() from generate_series(1, 4);
select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 2::bigint, 'twice the work of one worker wakes two');

select test.start_run() from generate_series(1, 20);
select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 2::bigint + 3, 'and never more than max_workers');

select * from finish();
rollback;
