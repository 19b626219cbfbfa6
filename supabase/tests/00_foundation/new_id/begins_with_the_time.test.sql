-- Ids sort by the time of their creation because its milliseconds come first.
begin;
select plan(2);

create temporary table given on commit drop as
select clock_timestamp() as before, workflow_engine.new_id() as id;

select ok(
  abs(
    ('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint
    - extract(epoch from before) * 1000
  ) < 1000,
  'the first 48 bits are the Unix time in milliseconds'
)
from given;

select pg_sleep(0.002);

select ok(
  (select id from given) < workflow_engine.new_id(),
  'a later id is greater'
);

select * from finish();
rollback;
