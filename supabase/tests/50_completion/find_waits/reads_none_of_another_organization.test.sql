-- Whatever the tables held when the plan was made: a session may have made it on empty ones.
begin;
select plan(3);

set local enable_seqscan = off;
set local jit = off;
create temporary table given on commit drop as
select (public.workflow_emit('order.paid', '{"id": 1}', organization_id => 'mine') ->> 'event_id')::uuid as event_id;
insert into workflow_engine.awaited_event (event_id, organization_id, name, payload, occurred_at)
select e.id, e.organization_id, e.name, e.payload, e.occurred_at from public.workflow_event e, given where e.id = event_id;

-- So many action logs of that organization that wait for the event.
create function pg_temp.wait(organization_id text, number integer)
returns void
language sql
as $$
  with logs as (
    insert into public.workflow_action_logs (
      organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, execute_at, item_index
    )
    select l.organization_id, l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id, l.priority, l.execute_at, i
    from test.log_of(test.start_wait('{"kind": "callback"}', organization_id => wait.organization_id), 'ask') l,
      generate_series(1, wait.number) i
    returning *
  )
  insert into workflow_engine.event_wait (action_log_id, attempt, run_id, organization_id, name, match, match_key, since, until)
  select l.id, 1, l.run_id, l.organization_id, 'order.paid', '{}', workflow_engine.event_scope(l.organization_id, 'order.paid'),
    '-infinity', 'infinity'
  from logs l;
$$;

-- How many waits are read to find those that the event answers.
create function pg_temp.count_reads()
returns bigint
language plpgsql
as $$
declare
  v_before bigint := (
    select t.seq_tup_read + t.idx_tup_fetch from pg_stat_xact_user_tables t where t.relid = 'workflow_engine.event_wait'::regclass
  );
begin
  perform workflow_engine.find_waits(array(select g.event_id from given g));
  return (
    select t.seq_tup_read + t.idx_tup_fetch - v_before
    from pg_stat_xact_user_tables t where t.relid = 'workflow_engine.event_wait'::regclass
  );
end;
$$;

select is(pg_temp.count_reads(), 0::bigint, 'nobody waits');
select pg_temp.wait('theirs', 1000);
select is(pg_temp.count_reads(), 0::bigint, 'nor does anybody whom it could answer when others wait');
analyze workflow_engine.event_wait;
select is(pg_temp.count_reads(), 0::bigint, 'with statistics, too');

select * from finish();
rollback;
