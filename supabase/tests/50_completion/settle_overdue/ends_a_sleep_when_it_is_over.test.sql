begin;
select plan(5);

create temporary table given on commit drop as
select test.start_wait('{"kind": "sleep", "duration": "15 minutes"}') as run;

select results_eq(
  $$select l.status, l.waits_for, l.lease_expires_at, l.execute_at - l.started_at between '15 minutes' and '15 minutes 5 seconds'
  from given, test.log_of(run, 'ask') l$$,
  $$values ('waiting', 'sleep', null::timestamptz, true)$$,
  'it waits without a lease'
);
select test.travel('14 minutes');
select is(test.work_off(), 0, 'not a minute early');
select test.travel('2 minutes');
select is(test.work_off(), 1, 'then the run goes on');
select results_eq(
  $$select l.status, l.output, l.attempt from given, test.log_of(run, 'ask') l$$,
  $$values ('completed', null::jsonb, 1)$$,
  'without an output, in the attempt that began it'
);
select is(test.run_status(run), 'completed', 'to its end') from given;

select * from finish();
rollback;
