-- An event, a callback, the end of a sleep: the run goes on when it is resumed.
begin;
select plan(2);

select test.deploy('[
  {"name": "event", "action_type": "wait_for_event", "payload": {"event": "go"}},
  {"name": "callback", "action_type": "log"},
  {"name": "nap", "action_type": "sleep", "payload": {"duration": "1 hour"}},
  {"name": "ask", "action_type": "approval", "payload": {"message": "Well?"}},
  {"name": "next", "action_type": "log", "order": 2}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{
  "event": {"status": "waiting", "wait": {"kind": "event", "event": "go"}},
  "callback": {"status": "waiting"},
  "nap": {"status": "waiting", "wait": {"kind": "sleep", "duration": "1 hour"}},
  "ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": []}}
}');
select public.workflow_pause(run) from given;
select public.workflow_signal(run, 'go') from given;
select public.workflow_answer((test.log_of(run, 'callback')).id, 1, '{"status": "completed"}') from given;
select public.workflow_approve(id) from public.workflow_approval;
select test.travel('61 minutes');
select test.work_off();

select is(
  test.statuses(run), '{"event": "completed", "callback": "completed", "nap": "completed", "ask": "completed"}', 'they are, and nothing follows'
)
from given;
select public.workflow_resume(run) from given;
select test.work_off();
select is(test.run_status(run), 'completed', 'then it goes on') from given;

select * from finish();
rollback;
