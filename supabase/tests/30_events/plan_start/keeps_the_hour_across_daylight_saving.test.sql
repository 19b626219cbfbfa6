-- On 25 October 2026 the clocks of Berlin go back, on 29 March 2026 they go forward: "a day before at
-- nine" stays nine, whether the day has 25 hours or 23.
begin;
select plan(4);

create function pg_temp.start_of(phase text, minutes integer, anchor text)
returns text
language sql
as $$
  select to_char(workflow_engine.plan_start(
    jsonb_populate_record(null::workflow_engine.workflow_version, jsonb_build_object(
      'phase', phase, 'interval', make_interval(mins => minutes), 'relative_to', '$.record.at',
      'timezone', 'Europe/Berlin', 'if_past', 'run_now'
    )),
    jsonb_build_object('record', jsonb_build_object('at', anchor)),
    '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00'
  ) at time zone 'UTC', 'YYYY-MM-DD HH24:MI');
$$;

select is(pg_temp.start_of('before', 1440, '2026-10-25T09:00:00'), '2026-10-24 07:00', 'a day before, over the end of summer time');
select is(pg_temp.start_of('before', 1440, '2026-03-29T09:00:00'), '2026-03-28 08:00', 'a day before, over its beginning');
select is(pg_temp.start_of('after', 1440, '2026-10-24T07:00:00Z'), '2026-10-25 08:00', 'a day after an instant: the same hour there');
select is(pg_temp.start_of('now', 1440, '2026-10-25T09:00:00'), '2026-10-25 08:00', 'phase now adds nothing');

select * from finish();
rollback;
