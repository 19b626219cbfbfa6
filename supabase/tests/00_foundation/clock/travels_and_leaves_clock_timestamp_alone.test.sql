-- What is due follows the engine's clock; leases and wake-ups follow the real one.
begin;
select plan(3);

select ok(
  abs(extract(epoch from workflow_engine.clock() - clock_timestamp())) < 1,
  'at home, the engine''s clock is the real one'
);

select test.travel('3 days');

select ok(
  workflow_engine.clock() - clock_timestamp() between interval '2 days 23:59:59' and interval '3 days 00:00:01',
  'after a journey of three days it is three days ahead'
);

select ok(
  abs(extract(epoch from clock_timestamp() - now())) < 60,
  'the real clock stays where it is'
);

select * from finish();
rollback;
