-- It would keep the event new for ever, and with it every timeout of an event from being over.
begin;
select plan(3);

create temporary table given on commit drop as
select
  test.start_wait('{"kind": "callback", "timeout": "7 days"}') as earlier,
  test.start_wait('{"kind": "event", "event": "never", "timeout": "5 minutes"}') as other;
insert into workflow_engine.event_wait (action_log_id, attempt, run_id, name, match, match_key, since, until)
select l.id, 0, l.run_id, 'never', '{"id": 1}', workflow_engine.event_scope(null, 'never'), '-infinity', 'infinity'
from given, test.log_of(earlier, 'ask') l;
select public.workflow_emit('never', '{"id": 1}');
select test.work_off();

select is((test.log_of(earlier, 'ask')).status, 'waiting', 'another attempt waits for something else') from given;
select is_empty('select from workflow_engine.awaited_event where is_new', 'the event is done with');
select is((test.log_of(other, 'ask')).output #> '{event,name}', '"never"', 'having answered the other') from given;

select * from finish();
rollback;
