-- Everything in public can be asked for through the Data API.
begin;
select plan(2);

select is_empty(
  $$
    select c.oid::regclass
    from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace
      and c.relname ~ '^workflow(_|$)'
      and c.relkind in ('r', 'p')
      and not c.relrowsecurity
  $$,
  'every table has row-level security on'
);

select is_empty(
  $$
    select c.oid::regclass
    from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace
      and c.relname ~ '^workflow(_|$)'
      and c.relkind = 'v'
      and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on']
  $$,
  'every view reads with the rights of who asks'
);

select * from finish();
rollback;
