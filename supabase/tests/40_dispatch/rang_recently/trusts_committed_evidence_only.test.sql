-- A ring of a transaction that is still open, or that rolled back, silences nobody.
begin;
select plan(3);

select test.configure();
select workflow_engine.ring();

select ok(not workflow_engine.rang_recently(), 'a ring that is not committed yet is no evidence');

select setval('workflow_engine.last_ring_transaction', (select s.xmin::text::bigint from workflow_engine.settings s));

select ok(workflow_engine.rang_recently(), 'one of a committed transaction is');

select setval('workflow_engine.last_ring_at', floor(extract(epoch from clock_timestamp()) * 1000)::bigint - 1001);

select ok(not workflow_engine.rang_recently(), 'for a second');

select * from finish();
rollback;
