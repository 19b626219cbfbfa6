-- So that timers fire within a second on a one-minute cron.
begin;
select plan(2);

select test.create_workflow('w');
update public.workflow_action set delay = '2 minutes';
select test.start_run();
select test.configure();

select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 0::bigint, 'two minutes ahead it is quiet');

select test.travel('61 seconds');
select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 1::bigint, 'less than a minute ahead it rings');

select * from finish();
rollback;
