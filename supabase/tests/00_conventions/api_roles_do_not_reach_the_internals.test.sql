-- The Data API exposes public alone, and a mistake in its settings must not open the engine.
begin;
select plan(3);

select is_empty(
  $$
    select r.rolname
    from pg_catalog.pg_roles as r
    where r.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
      and has_schema_privilege(r.oid, 'workflow_engine', 'usage')
  $$,
  'no API role may use the schema workflow_engine'
);

select is_empty(
  $$
    select c.oid::regclass, g.grantee::regrole
    from pg_catalog.pg_class as c
    cross join lateral aclexplode(c.relacl) as g
    where c.relnamespace = 'workflow_engine'::regnamespace
      and g.grantee::regrole::text in ('anon', 'authenticated', 'service_role', 'authenticator')
  $$,
  'no API role has a right on a table, view or sequence of the schema workflow_engine'
);

select is_empty(
  $$
    select p.oid::regprocedure, g.grantee::regrole
    from pg_catalog.pg_proc as p
    cross join lateral aclexplode(p.proacl) as g
    where p.pronamespace = 'workflow_engine'::regnamespace
      and g.grantee::regrole::text in ('anon', 'authenticated', 'service_role', 'authenticator')
      and not exists (
        select
        from pg_catalog.pg_depend as d
        where d.classid in ('pg_attrdef'::regclass, 'pg_constraint'::regclass)
          and d.refclassid = 'pg_proc'::regclass
          and d.refobjid = p.oid
      )
  $$,
  'no API role executes a function of it, except in the default or the check of a column'
);

select * from finish();
rollback;
