-- Whatever the tables held when the plans were made: a session may have made them on empty ones.
begin;
select plan(4);

set local enable_seqscan = off;
set local jit = off;
create temporary table given on commit drop as
select (test.log_of(r.run, 'ask')).id, r.run, m.match, m.key
from (values
  (jsonb '{"id": -1}', workflow_engine.match_key(workflow_engine.event_scope('mine', 'order.paid'), '{id}', '-1')),
  ('{"tags": ["x"]}', workflow_engine.event_scope('mine', 'order.paid'))
) m (match, key)
cross join lateral test.start_wait('{"kind": "callback"}', m.match, 'mine') r (run);
insert into workflow_engine.event_wait (action_log_id, attempt, run_id, organization_id, name, match, match_key, since, until)
select g.id, 1, g.run, 'mine', 'order.paid', g.match, g.key, '-infinity', 'infinity' from given g;

-- Events of that organization for the same name, so many.
create function pg_temp.happen(organization_id text, number integer)
returns void
language sql
as $$
  with happened as (
    insert into public.workflow_event (organization_id, name, source, payload, expanded_at)
    select happen.organization_id, 'order.paid', 'emit', jsonb_build_object('id', i), clock_timestamp()
    from generate_series(1, happen.number) i
    returning *
  )
  insert into workflow_engine.awaited_event (event_id, organization_id, name, payload, occurred_at)
  select h.id, h.organization_id, h.name, h.payload, h.occurred_at from happened h;
$$;

-- How many events are read to find those that answer.
create function pg_temp.count_reads()
returns bigint
language plpgsql
as $$
declare
  v_before bigint := (
    select t.seq_tup_read + t.idx_tup_fetch from pg_stat_xact_user_tables t where t.relid = 'workflow_engine.awaited_event'::regclass
  );
begin
  perform workflow_engine.find_events(array(select g.id from given g));
  return (
    select t.seq_tup_read + t.idx_tup_fetch - v_before
    from pg_stat_xact_user_tables t where t.relid = 'workflow_engine.awaited_event'::regclass
  );
end;
$$;

select is(pg_temp.count_reads(), 0::bigint, 'there is nothing to read');
select pg_temp.happen('theirs', 3000);
select is(pg_temp.count_reads(), 0::bigint, 'nor is there when others have much');
select pg_temp.happen('mine', 300);
select cmp_ok(pg_temp.count_reads(), '<', 2000::bigint, 'what is read is the organization''s own');
analyze workflow_engine.awaited_event;
select cmp_ok(pg_temp.count_reads(), '<', 2000::bigint, 'with statistics, too');

select * from finish();
rollback;
