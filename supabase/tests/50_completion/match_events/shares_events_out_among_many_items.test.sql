-- More of them than one look compares with one another.
begin;
select plan(2);

create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "wait_for_event", "for_each": "$.event.items", "payload": {"event": "order.paid"}}]'),
  test.start_run('{"items": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24]}') as run;
select public.workflow_emit('order.paid', jsonb_build_object('n', n)) from generate_series(1, 25) n;
select test.work_off('{"each": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid"}}}');

select is(test.run_status(run), 'completed', 'all go on') from given;
select is(
  (select count(distinct e #> '{event,payload,n}') from given, jsonb_array_elements((test.log_of(run, 'each')).output) e), 25::bigint, 'each with its own'
);

select * from finish();
rollback;
