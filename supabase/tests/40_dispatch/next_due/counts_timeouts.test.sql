begin;
select plan(3);

select test.start_wait('{"kind": "event", "event": "order.paid", "timeout": "30 seconds"}');

select cmp_ok((test.claim() ->> 'next_due_ms')::bigint, '<=', 30000::bigint, 'a worker stays for a timeout');
select cmp_ok((test.claim() ->> 'next_due_ms')::bigint, '>', 25000::bigint, 'until it is over');
select test.travel('31 seconds');
select is(test.work_off(), 1, 'and then goes on');

select * from finish();
rollback;
