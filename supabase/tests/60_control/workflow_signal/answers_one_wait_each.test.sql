begin;
select plan(2);

create temporary table given on commit drop as select test.deploy('[
  {"name": "ask", "action_type": "wait_for_event", "payload": {"event": "go"}},
  {"name": "again", "action_type": "wait_for_event", "order": 2, "payload": {"event": "go"}}
]'), test.start_run() as run;
select public.workflow_signal(run, 'go', '{"n": 1}') from given;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "event", "event": "go"}},
  "again": {"status": "waiting", "wait": {"kind": "event", "event": "go"}}
}');

select is(test.statuses(run), '{"ask": "completed", "again": "waiting"}', 'the first signal one of them') from given;
select public.workflow_signal(run, 'go', '{"n": 2}') from given;
select test.work_off();
select is((test.log_of(run, 'again')).output #> '{event,payload,n}', '2', 'the second the other') from given;

select * from finish();
rollback;
