-- The example of the founding document: 60 minutes after a sign-up.
begin;
select plan(4);

select test.create_workflow('w');
update public.workflow set phase = 'after', "interval" = 60;
select test.start_run();

select is(
  (select r.starts_at - e.occurred_at from public.workflow_run r join public.workflow_event e on e.id = r.event_id),
  interval '60 minutes',
  'the run begins an hour after the event'
);

select is(test.work_off(), 0, 'until then nothing is due');

select test.travel('59 minutes');
select is(test.work_off(), 0, 'nor a minute before');

select test.travel('1 minute');
select is(test.work_off(), 1, 'an hour later it is');

select * from finish();
rollback;
