-- However many events its other actions have got: more than are looked at otherwise.
begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "look_back": "1 day", "match": {"kind": "paid"}}') as run;
create temporary table happened on commit drop as
select workflow_engine.new_id() as id, i from generate_series(1, 10002) i;
insert into public.workflow_event (id, name, source, payload, expanded_at)
select h.id, 'order.paid', 'emit', '{"kind": "paid"}', clock_timestamp() from happened h;
insert into workflow_engine.awaited_event (event_id, name, payload, occurred_at)
select h.id, 'order.paid', '{"kind": "paid"}', workflow_engine.clock() from happened h;
with items as (
  insert into public.workflow_action_logs (run_id, workflow_id, workflow_version, workflow_action_id, priority, execute_at, item_index)
  select l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id, l.priority, l.execute_at, h.i
  from given, test.log_of(run, 'ask') l, happened h
  where h.i <= 10001
  returning *
)
insert into workflow_engine.event_wait (action_log_id, attempt, run_id, name, match, match_key, since, until, event_id, is_new)
select i.id, 1, i.run_id, 'order.paid', '{}', 0, '-infinity', 'infinity', h.id, false
from items i
join happened h on h.i = i.item_index;

select results_eq(
  $$
    select m.event_id
    from workflow_engine.find_events(array(select (test.log_of(run, 'ask')).id from given)) m
  $$,
  'select h.id from happened h where h.i = 10002',
  'the one that is left is found'
);

select * from finish();
rollback;
