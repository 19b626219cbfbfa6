begin;
select plan(2);

select test.start_wait('{"kind": "sleep", "duration": "90 seconds"}');
select test.configure();

select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 0::bigint, 'nothing is due within a minute');
select test.travel('60 seconds');
select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 1::bigint, 'a worker is woken in time for the end of a sleep');

select * from finish();
rollback;
