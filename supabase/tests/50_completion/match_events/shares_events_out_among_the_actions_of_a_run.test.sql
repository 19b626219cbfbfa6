-- Two actions that wait, two events that both of them would take, all compared at once.
begin;
select plan(2);

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
select public.workflow_emit('order.paid', '{"n": 2}');
select test.work_off();

select is(test.run_status(run), 'completed', 'both go on') from given;
select is(
  (select array_agg(distinct (l.log).output #> '{event,payload,n}') from given, test.logs(run) l), array['1', '2']::jsonb[], 'each with its own'
);

select * from finish();
rollback;
