-- What a thing is for is read in the database, where it is met.
begin;
select plan(4);

select is_empty(
  $$
    select c.oid::regclass
    from pg_catalog.pg_class as c
    where (
        c.relnamespace = 'workflow_engine'::regnamespace
        or c.relnamespace = 'public'::regnamespace and c.relname ~ '^workflow(_|$)'
      )
      and c.relkind in ('r', 'p', 'v', 'm')
      and not c.relispartition
      and obj_description(c.oid, 'pg_class') is null
  $$,
  'every table and view has a comment'
);

select is_empty(
  $$
    select p.oid::regprocedure
    from pg_catalog.pg_proc as p
    where (
        p.pronamespace = 'workflow_engine'::regnamespace
        or p.pronamespace = 'public'::regnamespace and p.proname like 'workflow\_%'
      )
      and obj_description(p.oid, 'pg_proc') is null
  $$,
  'every function has a comment'
);

select is_empty(
  $$
    select t.oid::regtype
    from pg_catalog.pg_type as t
    left join pg_catalog.pg_class as c on c.oid = t.typrelid
    where (
        t.typnamespace = 'workflow_engine'::regnamespace
        or t.typnamespace = 'public'::regnamespace and t.typname ~ '^workflow(_|$)'
      )
      and (t.typtype in ('e', 'd') or c.relkind = 'c')
      and obj_description(t.oid, 'pg_type') is null
  $$,
  'every type has a comment'
);

select isnt(
  obj_description('workflow_engine'::regnamespace, 'pg_namespace'),
  null,
  'the schema has a comment'
);

select * from finish();
rollback;
