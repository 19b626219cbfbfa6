-- A row that cannot be named can be neither mended nor replicated.
begin;
select plan(1);

select is_empty(
  $$
    select c.oid::regclass
    from pg_catalog.pg_class as c
    where (
        c.relnamespace = 'workflow_engine'::regnamespace
        or c.relnamespace = 'public'::regnamespace and c.relname ~ '^workflow(_|$)'
      )
      and c.relkind in ('r', 'p')
      and not exists (
        select
        from pg_catalog.pg_constraint as k
        where k.conrelid = c.oid and k.contype = 'p'
      )
  $$,
  'every table has a primary key'
);

select * from finish();
rollback;
