-- What does not fit on a screen is two functions.
begin;
select plan(1);

select is_empty(
  $$
    select p.oid::regprocedure, l.lines
    from pg_catalog.pg_proc as p
    cross join lateral (
      select count(*) as lines
      from regexp_split_to_table(btrim(coalesce(nullif(p.prosrc, ''), pg_get_functiondef(p.oid)), e'\n'), '\n')
    ) as l
    where (
        p.pronamespace = 'workflow_engine'::regnamespace
        or p.pronamespace = 'public'::regnamespace and p.proname like 'workflow\_%'
      )
      and p.prokind in ('f', 'p')
      and l.lines > 60
  $$,
  'no function has a body of more than 60 lines'
);

select * from finish();
rollback;
