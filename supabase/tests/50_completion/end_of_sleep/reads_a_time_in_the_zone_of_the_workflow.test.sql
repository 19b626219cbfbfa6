begin;
select plan(1);

select is(
  array(
    select workflow_engine.end_of_sleep(jsonb_build_object('until', u), 'Europe/Berlin', '2030-01-01T00:00Z')
    from unnest(array['2030-07-01T09:00:00', '2030-07-01T09:00:00+00:00', '2030-07-01T07:00:00Z', '2030-07-01']) u
  ),
  array['2030-07-01T07:00Z', '2030-07-01T09:00Z', '2030-07-01T07:00Z', '2030-06-30T22:00Z']::timestamptz[],
  'unless it has an offset of its own'
);

select * from finish();
rollback;
