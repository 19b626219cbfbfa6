-- The link of the first mail is clicked while the reminder is being sent.
begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_reject(a.id, 'No', 'Ada') from public.workflow_approval a;

select is((test.log_of(run, 'ask')).status, 'completed', 'the handler is not waited for') from given;
select test.report(
  claim, '{"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}}'
)
from claimed;
select is(
  (test.log_of(run, 'ask')).output - 'decided_at', '{"decision": "rejected", "decided_by": "Ada", "comment": "No"}', 'the decision stays the answer'
)
from given;
select test.work_off();
select is(test.run_status(run), 'completed', 'and the run goes on') from given;
select is((select status from public.workflow_approval), 'rejected', 'the approval stays as it was decided');

select * from finish();
rollback;
