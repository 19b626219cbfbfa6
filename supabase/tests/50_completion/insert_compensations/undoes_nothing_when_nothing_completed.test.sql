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
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"flight": {"status": "failed", "final": true}}');

select is(test.statuses(run), '{"flight": "failed", "hotel": "skipped", "pay": "skipped"}', 'there is nothing to undo') from given;
select is(test.run_status(run), 'failed', 'so the run ends at once') from given;

select * from finish();
rollback;
