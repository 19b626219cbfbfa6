begin;
select plan(1);

create temporary table given on commit drop as select test.deploy('[
  {"name": "first", "action_type": "log"},
  {"name": "ask", "action_type": "wait_for_event", "order": 2, "payload": {"event": "go"}}
]'), test.start_run() as run;
select public.workflow_signal(run, 'go') from given;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "go"}}}');

select is(test.run_status(run), 'completed', 'it was not lost') from given;

select * from finish();
rollback;
