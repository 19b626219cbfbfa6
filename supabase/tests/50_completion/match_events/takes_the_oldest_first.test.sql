begin;
select plan(2);

select test.deploy('[
  {"name": "first", "action_type": "log"},
  {"name": "ask", "action_type": "wait_for_event", "order": 2, "payload": {"event": "order.paid"}},
  {"name": "again", "action_type": "wait_for_event", "order": 3, "payload": {"event": "order.paid"}}
]');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_emit('order.paid', jsonb_build_object('n', n)) from generate_series(1, 3) n;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}},
  "again": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}
}');

select is((test.log_of(run, 'ask')).output #> '{event,payload,n}', '1', 'of three') from given;
select is((test.log_of(run, 'again')).output #> '{event,payload,n}', '2', 'and then the next, for each answers once') from given;

select * from finish();
rollback;
