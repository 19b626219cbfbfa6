begin;
select plan(5);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}') as run;
create temporary table decided on commit drop as
select public.workflow_approve(a.id, 'Fine', 'Ada') as answer from public.workflow_approval a;

select is(
  answer - 'decided_at', (select to_jsonb(a) - 'decided_at' from public.workflow_approval a), 'the approval comes back as it is now'
)
from decided;
select results_eq(
  'select a.status, a.decided_by, a.comment, a.decided_at is not null from public.workflow_approval a',
  $$values ('approved', 'Ada', 'Fine', true)$$,
  'decided'
);
select is(
  (test.log_of(run, 'ask')).output - 'decided_at',
  '{"decision": "approved", "decided_by": "Ada", "comment": "Fine"}',
  'the action tells what was decided'
)
from given;
select is(
  ((test.log_of(run, 'ask')).output ->> 'decided_at')::timestamptz, (select decided_at from public.workflow_approval), 'and when'
)
from given;
select test.work_off();
select is(test.run_status(run), 'completed', 'the run goes on') from given;

select * from finish();
rollback;
