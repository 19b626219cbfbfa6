-- The reminder is under way while the expiry passes.
begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "26 hours", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select test.travel('2 hours');
select test.report(
  claim,
  '{"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "26 hours", "remind_after": "1 day", "tokens": []}}'
)
from claimed;
select test.work_off();

select is((test.log_of(run, 'ask')).output ->> 'decision', 'expired', 'and is over when it is back') from given;
select is((select status from public.workflow_approval), 'expired', 'for everybody');

select * from finish();
rollback;
