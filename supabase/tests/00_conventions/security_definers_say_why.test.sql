-- A function that acts with its owner's rights is a door in the wall: its comment says why it is there.
begin;
select plan(1);

select is_empty(
  $$
    select p.oid::regprocedure
    from pg_catalog.pg_proc as p
    where (
        p.pronamespace = 'workflow_engine'::regnamespace
        or p.pronamespace = 'public'::regnamespace and p.proname like 'workflow\_%'
      )
      and p.prosecdef
      and coalesce(obj_description(p.oid, 'pg_proc'), '') not like 'Security definer because %'
  $$,
  'the comment of every security definer function begins with its reason'
);

select * from finish();
rollback;
