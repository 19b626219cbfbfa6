begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
select public.workflow_emit('order.paid', '{"n": 1}');
select test.work_off();
select public.workflow_emit('order.paid', '{"n": 2}');
select test.work_off();

select is((test.log_of(run, 'ask')).output #> '{event,payload,n}', '1', 'the first event stays the answer') from given;

select * from finish();
rollback;
