-- It fails, and is sent again after a while: still the first.
begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "No connection", "retry_after_ms": 60000}');
select test.travel('2 minutes');

select is(test.claim() #> '{claims,0,meta,reminder}', '1', 'the handler makes the same mail of it');
select is((select reminders from public.workflow_approval), 1, 'and the approval counts it once');

select * from finish();
rollback;
