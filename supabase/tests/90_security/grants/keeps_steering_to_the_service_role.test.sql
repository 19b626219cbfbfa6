begin;
select plan(3);

create function pg_temp.may_execute(role text)
returns text[]
language sql
as $$
  select array_agg(p.proname::text order by p.proname)
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace
    and p.proname in (
      'workflow_signal', 'workflow_answer', 'workflow_approve', 'workflow_reject', 'workflow_read_approval', 'workflow_decide', 'workflow_pause',
      'workflow_resume', 'workflow_stop', 'workflow_retry', 'workflow_replay', 'workflow_bulk', 'workflow_timeline'
    )
    and has_function_privilege(role, p.oid, 'execute');
$$;

select is(pg_temp.may_execute('anon'), null, 'anon may do nothing');
select is(
  pg_temp.may_execute('authenticated'), array['workflow_approve', 'workflow_reject', 'workflow_timeline'], 'a member may decide, and look'
);
select is(cardinality(pg_temp.may_execute('service_role')), 13, 'service_role may do everything');

select * from finish();
rollback;
