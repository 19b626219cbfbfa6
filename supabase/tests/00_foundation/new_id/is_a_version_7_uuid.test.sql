-- RFC 9562, section 5.7: 48 bits of milliseconds, version 7, variant 10.
begin;
select plan(2);

select is(
  (select count(*) from generate_series(1, 200) where workflow_engine.new_id()::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'),
  200::bigint,
  'every id has version 7 and the variant of RFC 9562'
);

select is(
  (select count(distinct workflow_engine.new_id()) from generate_series(1, 1000)),
  1000::bigint,
  'a thousand ids are all different'
);

select * from finish();
rollback;
