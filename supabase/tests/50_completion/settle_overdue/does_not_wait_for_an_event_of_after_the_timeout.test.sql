begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "timeout": "1 hour"}') as run;
select test.travel('61 minutes');
insert into public.workflow_event (name, source) values ('order.paid', 'table');

select workflow_engine.settle_waits(workflow_engine.clock());
select is((test.log_of(run, 'ask')).output, '{"timed_out": true, "event": null}', 'whether it has been matched or not') from given;

select * from finish();
rollback;
