-- A reminder is due, and held, when the time to decide is over.
begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "2 days", "remind_after": "1 day", "tokens": []}') as run;
select public.workflow_pause(action_type => 'approval');
select test.travel('25 hours');
select test.claim();
select test.travel('25 hours');
select public.workflow_action_log_cron();

select is((test.log_of(run, 'ask')).output ->> 'decision', 'expired', 'it is recorded') from given;
select is((select status from public.workflow_approval), 'expired', 'for everybody');
select public.workflow_resume(action_type => 'approval');
select is(jsonb_path_query_array(test.claim(), '$.actions.*.name'), '["next"]', 'nobody is reminded afterwards');
select is((select reminders from public.workflow_approval), 1, 'as little as before');

select * from finish();
rollback;
