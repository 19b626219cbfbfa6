begin;
select plan(4);

select test.deploy('[
  {"name": "ask", "action_type": "approval", "payload": {"message": "Well?"}},
  {"name": "pay", "action_type": "log", "order": 2, "condition": "$.actions.ask.output.decision == \"approved\""},
  {"name": "sorry", "action_type": "log", "order": 2, "condition": "$.actions.ask.output.decision != \"approved\""}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": []}}}');
select public.workflow_reject(a.id, 'Too much', 'Ada') from public.workflow_approval a;
select test.work_off();

select is(test.statuses(run), '{"ask": "completed", "pay": "skipped", "sorry": "completed"}', 'that conditions branch on') from given;
select is(test.run_status(run), 'completed', 'and no failure') from given;
select is(
  (test.log_of(run, 'ask')).output - 'decided_at', '{"decision": "rejected", "decided_by": "Ada", "comment": "Too much"}', 'with who and why'
)
from given;
select results_eq(
  $$select h.actor, h.reason from public.workflow_history h where h.kind = 'rejected'$$, $$values ('Ada', 'Too much')$$, 'in the history, too'
);

select * from finish();
rollback;
