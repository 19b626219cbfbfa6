-- Every table, view and sequence of the engine against every API role.
begin;
select plan(3);

select set_eq(
  $$
    select r.role, c.oid::regclass::text as table_name, p.privilege
    from pg_catalog.pg_class c
    cross join unnest(array['anon', 'authenticated', 'service_role']) r (role)
    cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p (privilege)
    where c.relkind in ('r', 'p', 'v', 'm')
      and (c.relnamespace = 'workflow_engine'::regnamespace or c.relnamespace = 'public'::regnamespace and c.relname ~ '^workflow(_|$)')
      and has_table_privilege(r.role, c.oid, p.privilege)
  $$,
  $$
    select 'authenticated' as role, t as table_name, 'select' as privilege
    from unnest(array['workflow', 'workflow_action', 'workflow_run', 'workflow_action_logs', 'workflow_history', 'workflow_approval']) t
    union all
    select 'service_role', t, 'select'
    from unnest(array['workflow', 'workflow_action', 'workflow_event', 'workflow_run', 'workflow_action_logs', 'workflow_history', 'workflow_approval']) t
    union all
    select 'service_role', t, p
    from unnest(array['workflow', 'workflow_action']) t, unnest(array['insert', 'update', 'delete']) p
  $$,
  'what is granted is in the matrix, and the other way round'
);

select set_eq(
  $$
    select r.role, c.oid::regclass::text as table_name, a.attname::text
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    cross join unnest(array['anon', 'authenticated', 'service_role']) r (role)
    where c.relkind = 'r'
      and (c.relnamespace = 'workflow_engine'::regnamespace or c.relnamespace = 'public'::regnamespace and c.relname ~ '^workflow(_|$)')
      and has_column_privilege(r.role, c.oid, a.attnum, 'insert, update, references')
      and not has_table_privilege(r.role, c.oid, 'update')
  $$,
  $$values ('service_role', 'workflow_action_logs', 'status'), ('service_role', 'workflow_action_logs', 'output'), ('service_role', 'workflow_action_logs', 'error'), ('service_role', 'workflow_action_logs', 'meta')$$,
  'only what an application reports with is granted by column'
);

select is_empty(
  $$
    select r.role, c.oid::regclass
    from pg_catalog.pg_class c
    cross join unnest(array['anon', 'authenticated', 'service_role']) r (role)
    where c.relkind = 'S' and c.relnamespace = 'workflow_engine'::regnamespace
      and has_sequence_privilege(r.role, c.oid, 'usage, select, update')
  $$,
  'no sequence is granted'
);

select * from finish();
rollback;
