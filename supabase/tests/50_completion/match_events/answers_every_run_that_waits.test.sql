begin;
select plan(1);

select test.start_wait('{"kind": "event", "event": "order.paid"}');
select test.start_wait('{"kind": "event", "event": "order.paid"}');
select public.workflow_emit('order.paid');
select test.work_off();

select is((select count(*) from public.workflow_run where status = 'completed'), 2::bigint, 'with the same event');

select * from finish();
rollback;
