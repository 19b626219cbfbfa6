begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "2 days", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select public.workflow_action_log_cron();
select test.travel('25 hours');
select public.workflow_action_log_cron();

select is((test.log_of(run, 'ask')).output ->> 'decision', 'expired', 'no worker has to send the reminder first') from given;
select is((select status from public.workflow_approval), 'expired', 'nobody can decide any more');

select * from finish();
rollback;
