begin;
select plan(2);

select is(
  array(
    select workflow_engine.end_of_sleep(jsonb_build_object('duration', d), 'UTC', '2030-01-31T09:00Z')
    from unnest(array['15 minutes', 'PT15M', '00:15']) d
  ),
  array_fill(timestamptz '2030-01-31T09:15Z', array[3]),
  'both ways to write a quarter of an hour'
);
select is(
  workflow_engine.end_of_sleep('{"duration": "P1M"}', 'UTC', '2030-01-31T09:00Z'),
  '2030-02-28T09:00Z',
  'a month ends with the next one'
);

select * from finish();
rollback;
