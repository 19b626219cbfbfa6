begin;
select plan(2);

select test.start_wait('{"kind": "event", "event": "order.paid"}');
select test.forget_rings();
select public.workflow_emit('order.sent');
select is(test.count_rings(), 0::bigint, 'not for an event that nobody waits for and that starts nothing');

select public.workflow_emit('order.paid');
select is(test.count_rings(), 1::bigint, 'but to give one to the action that waits');

select * from finish();
rollback;
