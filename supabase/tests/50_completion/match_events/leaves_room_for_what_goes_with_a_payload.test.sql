-- A thousand bytes of what an output may have: for the event's name, id and time.
begin;
select plan(1);

update workflow_engine.settings set output_bytes = 2000;
select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
create temporary table given on commit drop as
select n, test.start_run() as run from unnest(array[988, 989]) n;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "match": {}}}}');
select public.workflow_signal(run, 'order.paid', jsonb_build_object('text', repeat('x', n))) from given;
select test.work_off();

select results_eq(
  $$
    select n, l.status, octet_length(l.output #>> '{event,payload}'), l.output #> '{event,truncated}'
    from given
    cross join lateral test.log_of(run, 'ask') l
    order by n
  $$,
  $$values (988, 'completed', 1000, null::jsonb), (989, 'completed', null, 'true')$$,
  'one byte more is left out, and says so'
);

select * from finish();
rollback;
