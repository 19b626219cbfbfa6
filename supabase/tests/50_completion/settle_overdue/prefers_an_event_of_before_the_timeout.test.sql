-- It had not been matched with anything when the timeout was over.
begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "timeout": "1 hour"}') as run;
insert into public.workflow_event (name, payload, source) values ('order.paid', '{"n": 1}', 'table');
select test.travel('61 minutes');

select workflow_engine.settle_waits(workflow_engine.clock());
select is((test.log_of(run, 'ask')).status, 'waiting', 'it is too soon to say that none came') from given;
select test.work_off();
select is((test.log_of(run, 'ask')).output #> '{event,payload,n}', '1', 'the event is the answer') from given;

select * from finish();
rollback;
