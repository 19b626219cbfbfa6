begin;
select plan(3);

select throws_ok(
  $$insert into public.workflow (name, trigger, timezone) values ('w', 'x', 'Europe/Atlantis')$$,
  'PT422',
  'Cannot save workflow "w" at /timezone: "Europe/Atlantis" is not an IANA time zone',
  'a place that does not exist'
);

select throws_ok(
  $$insert into public.workflow (name, trigger, timezone) values ('w', 'x', '+02:00')$$,
  'PT422',
  'Cannot save workflow "w" at /timezone: "+02:00" is not an IANA time zone',
  'an offset, which knows no daylight saving'
);

select lives_ok(
  $$insert into public.workflow (name, trigger, timezone) values ('w', 'x', 'Europe/Berlin')$$,
  'a place that exists'
);

select * from finish();
rollback;
