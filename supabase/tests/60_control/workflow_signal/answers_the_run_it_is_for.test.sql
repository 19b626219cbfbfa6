begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "go"}') as run, test.start_wait('{"kind": "event", "event": "go"}') as other;
create temporary table sent on commit drop as
select public.workflow_signal(run, 'go', '{"n": 1}') as answer from given;
select test.work_off();

select is((test.log_of(run, 'ask')).output #> '{event,payload}', '{"n": 1}', 'with its payload') from given;
select is((test.log_of(run, 'ask')).output #> '{event,id}', answer -> 'event_id', 'and the id that the sender got') from given, sent;
select is(test.run_status(run), 'completed', 'that run goes on') from given;
select is((test.log_of(other, 'ask')).status, 'waiting', 'no other does') from given;

select * from finish();
rollback;
