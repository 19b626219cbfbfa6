-- In Berlin 01:00Z on 27 October 2030 is when 03:00 becomes 02:00, and on 31 March when 02:00 becomes 03:00.
begin;
select plan(3);

select is(
  workflow_engine.end_of_sleep('{"duration": "15 minutes"}', 'Europe/Berlin', '2030-10-27T00:30Z'),
  '2030-10-27T00:45Z',
  'a quarter of an hour is no longer in the hour that comes twice'
);
select is(
  workflow_engine.end_of_sleep('{"duration": "PT15M"}', 'Europe/Berlin', '2030-10-27T00:50Z'),
  '2030-10-27T01:05Z',
  'nor where it ends'
);
select is(
  workflow_engine.end_of_sleep('{"duration": "2 hours"}', 'Europe/Berlin', '2030-03-31T00:30Z'),
  '2030-03-31T02:30Z',
  'and two hours are no shorter in spring'
);

select * from finish();
rollback;
