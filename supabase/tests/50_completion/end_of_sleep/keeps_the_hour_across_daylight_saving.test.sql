-- In Berlin the clocks go forward on 31 March 2030 and back on 27 October.
begin;
select plan(2);

select is(
  workflow_engine.end_of_sleep('{"duration": "1 day"}', 'Europe/Berlin', '2030-03-30T09:00+01:00'),
  '2030-03-31T09:00+02:00',
  'a day in spring has 23 hours'
);
select is(
  workflow_engine.end_of_sleep('{"duration": "P1D"}', 'Europe/Berlin', '2030-10-26T09:00+02:00'),
  '2030-10-27T09:00+01:00',
  'and 25 in autumn'
);

select * from finish();
rollback;
