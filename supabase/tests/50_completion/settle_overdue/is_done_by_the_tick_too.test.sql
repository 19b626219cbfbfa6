begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "sleep", "duration": "15 minutes"}') as run;
select test.travel('16 minutes');
select test.configure();
select public.workflow_action_log_cron();

select is((test.log_of(run, 'ask')).status, 'completed', 'the sleep is over') from given;
select is((select count(*) from net.http_request_queue), 1::bigint, 'and a worker is woken for what follows');

select * from finish();
rollback;
