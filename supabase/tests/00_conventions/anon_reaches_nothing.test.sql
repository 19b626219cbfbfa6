-- Whoever is not signed in comes in through a signed webhook, which an Edge Function checks.
begin;
select plan(2);

select is_empty(
  $$
    select c.oid::regclass
    from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace
      and c.relname ~ '^workflow(_|$)'
      and c.relkind in ('r', 'p', 'v', 'm')
      and (
        has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege('anon', c.oid, 'select, insert, update, references')
      )
  $$,
  'anon has no right on a table or view of the engine'
);

select is_empty(
  $$
    select p.oid::regprocedure
    from pg_catalog.pg_proc as p
    where p.pronamespace = 'public'::regnamespace
      and p.proname like 'workflow\_%'
      and has_function_privilege('anon', p.oid, 'execute')
  $$,
  'anon executes no function of the engine'
);

select * from finish();
rollback;
