-- PUBLIC is every login role there is or will be. Postgres lets it execute each new function unless
-- somebody says no.
begin;
select plan(3);

select is_empty(
  $$
    select p.oid::regprocedure
    from pg_catalog.pg_proc as p
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as g
    where (
        p.pronamespace = 'workflow_engine'::regnamespace
        or p.pronamespace = 'public'::regnamespace and p.proname like 'workflow\_%'
      )
      and g.grantee = 0
  $$,
  'PUBLIC executes no function'
);

select is_empty(
  $$
    select c.oid::regclass, g.privilege_type
    from pg_catalog.pg_class as c
    cross join lateral aclexplode(c.relacl) as g
    where (
        c.relnamespace = 'workflow_engine'::regnamespace
        or c.relnamespace = 'public'::regnamespace and c.relname ~ '^workflow(_|$)'
      )
      and g.grantee = 0
  $$,
  'PUBLIC has no right on a table, view or sequence'
);

select is_empty(
  $$
    select g.privilege_type
    from pg_catalog.pg_namespace as n
    cross join lateral aclexplode(n.nspacl) as g
    where n.nspname = 'workflow_engine' and g.grantee = 0
  $$,
  'PUBLIC has no right on the schema'
);

select * from finish();
rollback;
