begin;
select plan(5);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "1 hour", "tokens": []}') as run;
select test.travel('59 minutes');
select is(test.work_off(), 0, 'not before its time');
select test.travel('2 minutes');
select test.work_off();

select is(
  (test.log_of(run, 'ask')).output, '{"decision": "expired", "decided_by": null, "comment": null, "decided_at": null}', 'an outcome, no failure'
)
from given;
select is(test.run_status(run), 'completed', 'the run goes on') from given;
select is((select status from public.workflow_approval), 'expired', 'and nobody can decide any more');
select is(
  test.error_of(format('select public.workflow_approve(%L)', a.id)) ->> 'message', format('Cannot decide approval %s: it is expired', a.id), 'which it says'
)
from public.workflow_approval a;

select * from finish();
rollback;
