-- Nobody was there to end the wait in time; the event comes late all the same.
begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "timeout": "1 hour"}') as run;
select test.travel('61 minutes');
select public.workflow_emit('order.paid');
select test.work_off();

select is((test.log_of(run, 'ask')).output, '{"timed_out": true, "event": null}', 'it has timed out') from given;

select * from finish();
rollback;
