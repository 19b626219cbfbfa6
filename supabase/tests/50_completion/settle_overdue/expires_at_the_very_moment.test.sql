begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "1 hour", "tokens": []}') as run;

select is((test.log_of(run, 'ask')).execute_at, (select expires_at from public.workflow_approval), 'both tables name the same moment') from given;
select workflow_engine.settle_overdue((test.log_of(run, 'ask')).execute_at) from given;
select is((test.log_of(run, 'ask')).output ->> 'decision', 'expired', 'at which it expires') from given;
select results_eq('select status, reminders from public.workflow_approval', $$values ('expired', 0)$$, 'and nobody is reminded');

select * from finish();
rollback;
