begin;
select plan(1);

select test.configure();
select setval('workflow_engine.last_ring_at', floor(extract(epoch from clock_timestamp()) * 1000)::bigint);
select setval('workflow_engine.last_ring_transaction', (select s.xmin::text::bigint from workflow_engine.settings s));
select workflow_engine.request_wake();

select is(test.count_rings(), 0::bigint, 'whoever was rung just now is not rung again');

select setval('workflow_engine.last_ring_at', 0);

select * from finish();
rollback;
