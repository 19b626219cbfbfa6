begin;
select plan(2);

select test.deploy('[
  {"name": "flight", "action_type": "log", "order": 1, "compensate_with": "cancel_flight"},
  {"name": "hotel", "action_type": "log", "order": 2, "compensate_with": "cancel_hotel"},
  {"name": "pay", "action_type": "log", "order": 3, "compensate_with": "refund"},
  {"name": "cancel_flight", "action_type": "log", "payload": {"booking": "{{ $.actions.flight.output }}"}},
  {"name": "cancel_hotel", "action_type": "log"},
  {"name": "refund", "action_type": "log"}
]');
update public.workflow_action set backoff_base = '0' where name = 'cancel_flight';
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim_of(test.claim(), 'flight'), '{"status": "completed"}');
select test.report(test.claim_of(test.claim(), 'hotel'), '{"status": "failed", "final": true}');

select test.report(test.claim_of(test.claim(), 'cancel_flight'), '{"status": "failed", "error": "later"}');
select is(test.run_status(run), 'running', 'a compensation is retried like any action') from given;
select test.work_off();
select is((test.log_of(run, 'cancel_flight')).status, 'completed', 'until it completes') from given;

select * from finish();
rollback;
