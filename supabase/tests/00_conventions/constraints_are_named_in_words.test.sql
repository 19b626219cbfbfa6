-- The name of a constraint is what somebody reads who broke it. Postgres's own names for checks and
-- unique constraints say only where it stands.
begin;
select plan(1);

select is_empty(
  $$
    select k.conrelid::regclass, k.conname
    from pg_catalog.pg_constraint as k
    where k.connamespace in ('workflow_engine'::regnamespace, 'public'::regnamespace)
      and (
        k.connamespace = 'workflow_engine'::regnamespace
        or k.conrelid::regclass::text ~ '^(public\.)?workflow(_|$)'
      )
      and case k.contype
        when 'c' then k.conname ~ '_check[0-9]*$'
        when 'u' then k.conname ~ '_key[0-9]*$'
        when 'x' then k.conname ~ '_excl[0-9]*$'
      end
  $$,
  'no check, unique or exclusion constraint has a generated name'
);

select * from finish();
rollback;
