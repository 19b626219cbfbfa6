-- Before the expiry, and no reminder is planned.
begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "1 hour", "tokens": []}') as run;
update public.workflow_action_logs l
set execute_at = l.execute_at - interval '30 milliseconds'
from given
where l.id = (test.log_of(run, 'ask')).id;
select workflow_engine.settle_overdue((test.log_of(run, 'ask')).execute_at) from given;

select is((test.log_of(run, 'ask')).status, 'waiting', 'it neither expires nor is it reminded of') from given;
select is((test.log_of(run, 'ask')).execute_at, (select expires_at from public.workflow_approval), 'and is looked at again when it does') from given;
select is((select reminders from public.workflow_approval), 0, 'nobody gets a mail');

select * from finish();
rollback;
