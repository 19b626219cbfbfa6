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

select is(
  (
    select count(*)
    from (
      select left(i.id::text, 18) < lag(left(i.id::text, 18)) over (order by i.n) as is_earlier
      from (select n, workflow_engine.new_id() as id from generate_series(1, 50000) n offset 0) i
    ) s
    where s.is_earlier
  ),
  0::bigint,
  'no later id is from an earlier time'
);

select * from finish();
rollback;
