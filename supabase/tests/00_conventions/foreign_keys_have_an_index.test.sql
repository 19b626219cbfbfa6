-- Without one, deleting a row reads the whole table that refers to it.
begin;
select plan(1);

select is_empty(
  $$
    select k.conrelid::regclass, k.conname
    from pg_catalog.pg_constraint as k
    join pg_catalog.pg_class as c on c.oid = k.conrelid
    where k.contype = 'f'
      and (
        c.relnamespace = 'workflow_engine'::regnamespace
        or c.relnamespace = 'public'::regnamespace and c.relname ~ '^workflow(_|$)'
      )
      and not exists (
        select
        from pg_catalog.pg_index as i
        where i.indrelid = k.conrelid
          and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
      )
  $$,
  'an index leads with the columns of every foreign key'
);

select * from finish();
rollback;
