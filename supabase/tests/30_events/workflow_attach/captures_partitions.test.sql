-- Written through the parent or directly, and a partition that is attached later with the next tick.
begin;
select plan(4);

create table public.test_visits (day date, id integer, primary key (day, id)) partition by range (day);
create table public.test_visits_1 partition of public.test_visits for values from ('2026-01-01') to ('2026-02-01');
select public.workflow_attach('public.test_visits');
create table public.test_visits_2 partition of public.test_visits for values from ('2026-02-01') to ('2026-03-01');

insert into public.test_visits values ('2026-01-05', 1), ('2026-02-05', 2);
insert into public.test_visits_1 values ('2026-01-05', 3);
select public.workflow_action_log_cron();
insert into public.test_visits_2 values ('2026-02-05', 4);
update public.test_visits set day = '2026-02-06' where id = 1;

select bag_eq(
  'select name, related_table_pkey from public.workflow_event',
  $$
    values
      ('public.test_visits.insert', '["2026-01-05", "1"]'),
      ('public.test_visits.insert', '["2026-02-05", "2"]'),
      ('public.test_visits.insert', '["2026-01-05", "3"]'),
      ('public.test_visits.insert', '["2026-02-05", "4"]'),
      ('public.test_visits.delete', '["2026-01-05", "1"]'),
      ('public.test_visits.insert', '["2026-02-06", "1"]')
  $$,
  'every row is one event, named after the partitioned table'
);

truncate public.test_visits;

select is(
  (select count(*) from public.workflow_event where name = 'public.test_visits.truncate'),
  1::bigint,
  'a truncate of them all is one event'
);

truncate public.test_visits_1;

select is(
  (select count(*) from public.workflow_event where name = 'public.test_visits.truncate'),
  1::bigint,
  'a truncate of one partition is none: the table is not empty'
);

select throws_ok(
  $$select public.workflow_attach('public.test_visits_1')$$,
  'PT422',
  'Cannot attach public.test_visits_1: it is a partition; attach the partitioned table instead',
  'a partition alone is refused'
);

select * from finish();
rollback;
