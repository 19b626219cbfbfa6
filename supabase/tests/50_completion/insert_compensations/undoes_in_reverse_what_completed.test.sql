begin;
select plan(7);

select test.deploy('[
  {"name": "flight", "action_type": "log", "order": 1, "compensate_with": "cancel_flight"},
  {"name": "hotel", "action_type": "log", "order": 2, "compensate_with": "cancel_hotel"},
  {"name": "pay", "action_type": "log", "order": 3, "compensate_with": "refund"},
  {"name": "cancel_flight", "action_type": "log", "payload": {"booking": "{{ $.actions.flight.output }}"}},
  {"name": "cancel_hotel", "action_type": "log"},
  {"name": "refund", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim_of(test.claim(), 'flight'), '{"status": "completed", "output": "F1"}');
select test.report(test.claim_of(test.claim(), 'hotel'), '{"status": "completed"}');
select test.report(test.claim_of(test.claim(), 'pay'), '{"status": "failed", "final": true}');

select is(
  test.statuses(run),
  '{"flight": "completed", "hotel": "completed", "pay": "failed", "cancel_hotel": "not_started"}',
  'what completed last is undone first'
)
from given;
select is(test.run_status(run), 'running', 'the run goes on until all is undone') from given;
select ok(is_compensating, 'and shows that it is being undone') from public.workflow_run;

select test.report(test.claim_of(test.claim(), 'cancel_hotel'), '{"status": "completed"}');
create temporary table last on commit drop as select test.claim() as answer;
select is(test.claim_of(answer, 'cancel_flight') -> 'values', '["F1"]', 'then the one before, which reads what it has to undo') from last;
select test.report(test.claim_of(answer, 'cancel_flight'), '{"status": "completed", "output": "gone"}') from last;

select is(test.statuses(run) ->> 'refund', null, 'what failed is not undone') from given;
select is(test.run_status(run), 'failed', 'then the run has failed') from given;
select is((test.log_of(run, 'cancel_flight')).output, '"gone"', 'and the outcomes show') from given;

select * from finish();
rollback;
