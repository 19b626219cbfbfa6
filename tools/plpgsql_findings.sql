-- Each PL/pgSQL function of ours with what plpgsql_check finds in it, warnings included. A trigger's
-- function is looked at once for each table that fires it, because only the database triggers know
-- the table and the names of the transition tables; one that nothing fires cannot be looked at.
with
  our_function as (
    select p.oid, p.prorettype = 'trigger'::regtype as is_trigger
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_language as l on l.oid = p.prolang
    where l.lanname = 'plpgsql'
      and (
        p.pronamespace = 'workflow_engine'::regnamespace
        or p.pronamespace = 'public'::regnamespace and p.proname like 'workflow\_%'
      )
  ),
  to_check as (
    select f.oid, f.oid::regprocedure::text as name, 0::oid as relation,
      null::name as old_table, null::name as new_table
    from our_function as f
    where not f.is_trigger
    union all
    select f.oid, format('%s on %s', f.oid::regprocedure, t.tgrelid::regclass), t.tgrelid,
      max(t.tgoldtable), max(t.tgnewtable)
    from our_function as f
    left join pg_catalog.pg_trigger as t on t.tgfoid = f.oid and not t.tgisinternal
    where f.is_trigger
    group by f.oid, t.tgrelid
  )
select
  c.name,
  case when c.relation is null then array['No table fires it'] else array(
    select found
    from extensions.plpgsql_check_function(
      c.oid,
      c.relation,
      format => 'text',
      fatal_errors => false,
      oldtable => c.old_table,
      newtable => c.new_table
    ) as found
  ) end as findings
from to_check as c
order by c.name
