-- A signal answers whenever it was sent since the run began.
begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "sleep", "duration": "60 days"}') as run;
select public.workflow_signal(run, 'go') from given;
select test.travel('50 days');
select public.workflow_action_log_cron();

select is((select count(*) from workflow_engine.awaited_event), 1::bigint, 'however long that takes');
select public.workflow_stop(run) from given;
select public.workflow_action_log_cron();
select is((select count(*) from workflow_engine.awaited_event), 1::bigint, 'and for a retry of what has just ended');
select test.travel((select s.look_back + interval '1 second' from workflow_engine.settings s));
select public.workflow_action_log_cron();
select is((select count(*) from workflow_engine.awaited_event), 0::bigint, 'but no longer');

select * from finish();
rollback;
