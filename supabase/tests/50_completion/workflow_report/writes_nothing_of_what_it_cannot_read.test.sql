-- A report is taken as a whole or not at all.
begin;
select plan(11);

select test.create_workflow('w');
select test.start_run();
create temporary table given on commit drop as select test.claim() #> '{claims,0}' as claim;

create function pg_temp.refused(fields jsonb)
returns text
language sql
as $$
  select test.error_of(format('select public.workflow_report(%L, %L)', 'w', jsonb_build_array(
    jsonb_build_object('id', claim -> 'id', 'attempt', 1, 'status', 'completed'),
    jsonb_build_object('id', claim -> 'id', 'attempt', 1, 'status', 'completed') || fields
  ))) ->> 'code' from given;
$$;

select is(pg_temp.refused('{"status": "done"}'), 'PT400', 'an unknown status');
select is(pg_temp.refused('{"status": null}'), 'PT400', 'no status');
select is(pg_temp.refused('{"id": "one"}'), 'PT400', 'an id that is none');
select is(pg_temp.refused('{"id": null}'), 'PT400', 'no id');
select is(pg_temp.refused('{"attempt": null}'), 'PT400', 'no attempt');
select is(pg_temp.refused('{"attempt": "one"}'), 'PT400', 'an attempt that is no number');
select is(pg_temp.refused('{"attempt": 1e100}'), 'PT400', 'an attempt that nobody can make');
select is(pg_temp.refused('{"status": "failed", "retry_after_ms": "soon"}'), 'PT400', 'a wait that is no number');
select is(pg_temp.refused('{"status": "failed", "final": "perhaps"}'), 'PT400', 'a final that is neither true nor false');
select is(pg_temp.refused('{"http_status": 1e100}'), 'PT400', 'a status that nobody answers with');
select is((select status from public.workflow_action_logs), 'processing', 'the readable result beside it is not written');

select * from finish();
rollback;
