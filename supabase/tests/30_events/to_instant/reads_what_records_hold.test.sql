-- ISO 8601 as Postgres and JavaScript write it; without a zone, in the workflow's.
begin;
select plan(10);

create function pg_temp.utc(value jsonb, timezone text default 'Europe/Berlin')
returns text
language sql
as $$
  select to_char(workflow_engine.to_instant(value, timezone) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS');
$$;

select is(pg_temp.utc('"2026-11-23T15:00:00+02:00"'), '2026-11-23 13:00:00.000', 'with an offset');
select is(pg_temp.utc('"2026-11-23T15:00:00.123456+00:00"'), '2026-11-23 15:00:00.123', 'with fractions of a second');
select is(pg_temp.utc('"2026-11-23T15:00:00.123Z"'), '2026-11-23 15:00:00.123', 'with the Z that JavaScript writes');
select is(pg_temp.utc('"2026-11-23T15:00:00"'), '2026-11-23 14:00:00.000', 'without a zone: the workflow''s, in winter');
select is(pg_temp.utc('"2026-07-23 15:00:00"'), '2026-07-23 13:00:00.000', 'and in summer');
select is(pg_temp.utc('"2026-11-23"'), '2026-11-22 23:00:00.000', 'a date: its midnight there');
select is(pg_temp.utc('"2026-11-23T15:00"'), '2026-11-23 14:00:00.000', 'without seconds, as forms send it');
select is(pg_temp.utc('"2026-11-23 15:00"'), '2026-11-23 14:00:00.000', 'or with a space');
select is(pg_temp.utc('"2026-11-23T15:00Z"'), '2026-11-23 15:00:00.000', 'also with the Z');
select is(pg_temp.utc('"2026-11-23T15:00-05:00"'), '2026-11-23 20:00:00.000', 'or an offset');

select * from finish();
rollback;
