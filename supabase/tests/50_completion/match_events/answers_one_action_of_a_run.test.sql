begin;
select plan(3);

select test.deploy('[
  {"name": "a", "action_type": "wait_for_event", "payload": {"event": "order.paid"}},
  {"name": "b", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{
  "a": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}},
  "b": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}
}');
select public.workflow_emit('order.paid', '{"n": 1}');
select test.work_off();

select is((select count(*) from given, test.logs(run) l where (l.log).status = 'completed'), 1::bigint, 'with one event');
select public.workflow_emit('order.paid', '{"n": 2}');
select test.work_off();
select is(test.run_status(run), 'completed', 'the second answers the other') from given;
select is(
  (select array_agg(distinct (l.log).output #> '{event,payload,n}') from given, test.logs(run) l), array['1', '2']::jsonb[], 'each its own'
);

select * from finish();
rollback;
