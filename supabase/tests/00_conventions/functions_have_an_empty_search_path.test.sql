-- A function that looks names up in the caller's search path can be made to call the caller's code.
-- A SQL-standard body binds its names when it is created, and a set clause would keep it from being
-- inlined.
begin;
select plan(2);

select isnt_empty(
  $$
    select 1
    from pg_catalog.pg_proc as p
    where p.pronamespace = 'workflow_engine'::regnamespace
  $$,
  'the engine has functions'
);

select is_empty(
  $$
    select p.oid::regprocedure
    from pg_catalog.pg_proc as p
    where (
        p.pronamespace = 'workflow_engine'::regnamespace
        or p.pronamespace = 'public'::regnamespace and p.proname like 'workflow\_%'
      )
      and p.prosqlbody is null
      and not coalesce(p.proconfig, '{}') @> array['search_path=""']
  $$,
  'every function without a SQL-standard body sets search_path to nothing'
);

select * from finish();
rollback;
