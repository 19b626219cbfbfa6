-- The Data API exposes public alone, and a mistake in its settings must not open the engine.
begin;
select plan(2);

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
    select p.oid::regprocedure::text, g.grantee::regrole
    from pg_catalog.pg_proc as p
    cross join lateral aclexplode(p.proacl) as g
    where p.pronamespace = 'workflow_engine'::regnamespace
      and g.grantee::regrole::text in ('anon', 'authenticated', 'service_role', 'authenticator')
    union all
    select c.oid::regclass::text, g.grantee::regrole
    from pg_catalog.pg_class as c
    cross join lateral aclexplode(c.relacl) as g
    where c.relnamespace = 'workflow_engine'::regnamespace
      and g.grantee::regrole::text in ('anon', 'authenticated', 'service_role', 'authenticator')
  $$,
  'no API role has a right on anything in the schema workflow_engine'
);

select * from finish();
rollback;
