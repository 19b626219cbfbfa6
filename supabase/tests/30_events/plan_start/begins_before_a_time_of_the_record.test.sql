begin;
select plan(1);

select test.create_workflow('w');
update public.workflow set phase = 'before', "interval" = 1440, relative_to = '$.event.starts_at';

select test.start_run(jsonb_build_object('starts_at', workflow_engine.clock() + interval '3 days'));

select ok(
  (select starts_at between workflow_engine.clock() + interval '1 day 23:59' and workflow_engine.clock() + interval '2 days 1 hour' from public.workflow_run),
  'a day before the time that the record names'
);

select * from finish();
rollback;
