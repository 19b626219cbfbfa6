-- Of one run, of all runs of a workflow, of all actions of a type: each alone, beside others.
begin;
select plan(3);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "send_email"}]');
select test.deploy('[{"name": "c", "action_type": "log"}]', '{"name": "other", "trigger": "other.happened"}');
select test.start_run() from generate_series(1, 2);
select test.start_run(event => 'other.happened');

create function pg_temp.claimable(target jsonb)
returns text[]
language plpgsql
as $$
declare
  v_names text[];
begin
  perform public.workflow_pause(
    (claimable.target ->> 'run_id')::uuid, (claimable.target ->> 'workflow_id')::uuid, claimable.target ->> 'action_type'
  );
  select array_agg(n.name order by n.name) into v_names
  from (
    select a.answer -> 'actions' -> (c ->> 'action') ->> 'name' as name
    from (select test.claim() as answer) a
    cross join lateral jsonb_array_elements(a.answer -> 'claims') c
  ) n;
  raise exception using errcode = 'P0001';
exception
  when raise_exception then
    return v_names;
end;
$$;

select is(
  pg_temp.claimable(jsonb_build_object('run_id', (select min(r.id::text) from public.workflow_run r))), array['a', 'b', 'c'], 'a run: only the others'
);
select is(
  pg_temp.claimable(jsonb_build_object('workflow_id', (select w.id from public.workflow w where w.name = 'w'))), array['c'], 'a workflow: none of its runs'
);
select is(pg_temp.claimable('{"action_type": "log"}'), array['b', 'b'], 'an action type: in no workflow');

select * from finish();
rollback;
