begin;
select plan(7);

create function pg_temp.starts(settings jsonb, past interval)
returns text
language plpgsql
as $$
declare
  v_run uuid;
begin
  update public.workflow set
    phase = settings ->> 'phase', if_past = settings ->> 'if_past',
    if_past_within = (settings ->> 'within')::integer;
  v_run := test.start_run(jsonb_build_object('at', workflow_engine.clock() - past));
  return coalesce((
    select case when abs(extract(epoch from r.starts_at - workflow_engine.clock())) < 1 then 'now' else 'then' end
    from public.workflow_run r where r.id = v_run
  ), 'never');
end;
$$;

select test.create_workflow('w');
update public.workflow set relative_to = '$.event.at';

select is(pg_temp.starts('{"phase": "before", "if_past": "auto"}', '1 hour'), 'never', 'auto skips what should have come before');
select is(pg_temp.starts('{"phase": "after", "if_past": "auto"}', '1 hour'), 'now', 'auto runs what should have come after');
select is(pg_temp.starts('{"phase": "after", "if_past": "skip"}', '1 hour'), 'never', 'skip skips');
select is(pg_temp.starts('{"phase": "before", "if_past": "run_now"}', '1 hour'), 'now', 'run_now runs');
select is(pg_temp.starts('{"phase": "before", "if_past": "run_if_within", "within": 61}', '1 hour'), 'now', 'run_if_within runs what is past for less');
select is(pg_temp.starts('{"phase": "before", "if_past": "run_if_within", "within": 59}', '1 hour'), 'never', 'and skips what is past for longer');
select is(pg_temp.starts('{"phase": "before", "if_past": "skip"}', '-1 hour'), 'then', 'what is to come is never past');

select * from finish();
rollback;
