begin;
select plan(3);

select test.deploy('[
  {"name": "flight", "action_type": "log", "order": 1, "compensate_with": "cancel_flight"},
  {"name": "hotel", "action_type": "log", "order": 2, "compensate_with": "cancel_hotel"},
  {"name": "pay", "action_type": "log", "order": 3, "compensate_with": "refund"},
  {"name": "cancel_flight", "action_type": "log", "payload": {"booking": "{{ $.actions.flight.output }}"}},
  {"name": "cancel_hotel", "action_type": "log"},
  {"name": "refund", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"pay": {"status": "failed", "final": true}, "cancel_hotel": {"status": "failed", "final": true, "error": "closed"}}');

select is(
  test.statuses(run),
  '{"flight": "completed", "hotel": "completed", "pay": "failed", "cancel_hotel": "failed", "cancel_flight": "completed"}',
  'the others are undone all the same'
)
from given;
select is((test.log_of(run, 'cancel_hotel')).error, 'closed', 'and the failure shows') from given;
select is(test.run_status(run), 'failed', 'of a run that failed') from given;

select * from finish();
rollback;
