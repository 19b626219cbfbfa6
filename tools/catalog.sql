-- Everything that defines a database, as rows of kind, name and definition, so that two databases
-- can be compared by comparing rows. What an extension owns is left to the extension's version.
with
  extension_member as (
    select classid, objid from pg_catalog.pg_depend where deptype = 'e'
  ),
  our_schema as (
    select n.oid, n.nspname
    from pg_catalog.pg_namespace as n
    where n.nspname !~ '^pg_'
      and n.nspname <> 'information_schema'
      and not exists (
        select from extension_member as m
        where m.classid = 'pg_namespace'::regclass and m.objid = n.oid
      )
  ),
  our_relation as (
    select c.*, format('%I.%I', s.nspname, c.relname) as name
    from pg_catalog.pg_class as c
    join our_schema as s on s.oid = c.relnamespace
    where not exists (
      select from extension_member as m
      where m.classid = 'pg_class'::regclass and m.objid = c.oid
    )
  ),
  our_table as (
    select * from our_relation where relkind in ('r', 'p', 'v', 'm', 'f', 'c')
  ),
  our_function as (
    select p.*,
      format('%I.%I(%s)', s.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as name
    from pg_catalog.pg_proc as p
    join our_schema as s on s.oid = p.pronamespace
    where not exists (
      select from extension_member as m
      where m.classid = 'pg_proc'::regclass and m.objid = p.oid
    )
  ),
  our_type as (
    select t.*, format('%I.%I', s.nspname, t.typname) as name
    from pg_catalog.pg_type as t
    join our_schema as s on s.oid = t.typnamespace
    where t.typtype in ('e', 'd')
      and not exists (
        select from extension_member as m
        where m.classid = 'pg_type'::regclass and m.objid = t.oid
      )
  ),
  access_list as (
    select 'schema ' || quote_ident(n.nspname) as object, n.nspowner as owner,
      coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
    from pg_catalog.pg_namespace as n
    join our_schema as s on s.oid = n.oid
    union all
    select case r.relkind when 'S' then 'sequence ' else 'table ' end || r.name, r.relowner,
      coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's'::"char" else 'r' end, r.relowner))
    from our_relation as r
    where r.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select format('column %s.%I', t.name, a.attname), t.relowner, a.attacl
    from our_table as t
    join pg_catalog.pg_attribute as a on a.attrelid = t.oid
    where a.attacl is not null
    union all
    select 'function ' || f.name, f.proowner, coalesce(f.proacl, acldefault('f', f.proowner))
    from our_function as f
    union all
    select 'type ' || t.name, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner))
    from our_type as t
  ),
  commented as (
    select 'schema ' || quote_ident(s.nspname) as object, s.oid, 'pg_namespace'::regclass as class
    from our_schema as s
    union all
    select 'relation ' || r.name, r.oid, 'pg_class'::regclass from our_relation as r
    union all
    select 'function ' || f.name, f.oid, 'pg_proc'::regclass from our_function as f
    union all
    select 'type ' || t.name, t.oid, 'pg_type'::regclass from our_type as t
    union all
    select format('constraint %I on %s', k.conname, r.name), k.oid, 'pg_constraint'::regclass
    from pg_catalog.pg_constraint as k
    join our_relation as r on r.oid = k.conrelid
    union all
    select format('trigger %I on %s', g.tgname, r.name), g.oid, 'pg_trigger'::regclass
    from pg_catalog.pg_trigger as g
    join our_relation as r on r.oid = g.tgrelid
    union all
    select format('policy %I on %s', p.polname, r.name), p.oid, 'pg_policy'::regclass
    from pg_catalog.pg_policy as p
    join our_relation as r on r.oid = p.polrelid
  )
select 'schema' as kind, quote_ident(s.nspname) as name,
  'owner ' || n.nspowner::regrole::text as definition
from our_schema as s
join pg_catalog.pg_namespace as n on n.oid = s.oid
union all
select 'extension', e.extname, format('%s in %s', e.extversion, e.extnamespace::regnamespace)
from pg_catalog.pg_extension as e
union all
select 'table', t.name,
  concat_ws(
    ', ',
    'kind ' || t.relkind::text,
    'persistence ' || t.relpersistence::text,
    'owner ' || t.relowner::regrole::text,
    'row security ' || t.relrowsecurity::text,
    'forced row security ' || t.relforcerowsecurity,
    'replica identity ' || t.relreplident::text,
    'options ' || t.reloptions::text,
    pg_get_partkeydef(t.oid),
    pg_get_expr(t.relpartbound, t.oid)
  )
from our_table as t
union all
select 'view', t.name, pg_get_viewdef(t.oid)
from our_table as t
where t.relkind in ('v', 'm')
union all
select 'column', format('%s.%I', t.name, a.attname),
  concat_ws(
    ' ',
    format_type(a.atttypid, a.atttypmod),
    'at position ' || row_number() over (partition by t.oid order by a.attnum),
    case when a.attnotnull then 'not null' end,
    case when a.attidentity <> '' then 'identity ' || a.attidentity::text end,
    case when a.attgenerated <> '' then 'generated ' || a.attgenerated::text end,
    'default ' || pg_get_expr(d.adbin, d.adrelid),
    'storage ' || a.attstorage::text,
    'compression ' || nullif(a.attcompression::text, ''),
    'collation ' || nullif(a.attcollation, 0)::regcollation::text,
    'statistics ' || nullif(a.attstattarget, -1)::text
  )
from our_table as t
join pg_catalog.pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
union all
select 'constraint', format('%I on %s', k.conname, coalesce(r.name, t.name)),
  concat_ws(' ', pg_get_constraintdef(k.oid), case when not k.convalidated then 'not validated' end)
from pg_catalog.pg_constraint as k
left join our_relation as r on r.oid = k.conrelid
left join our_type as t on t.oid = k.contypid
where coalesce(r.name, t.name) is not null
union all
select 'index', r.name,
  concat_ws(
    ' ',
    pg_get_indexdef(i.indexrelid),
    case when i.indisclustered then 'clustered' end,
    case when not i.indisvalid then 'not valid' end
  )
from pg_catalog.pg_index as i
join our_relation as r on r.oid = i.indexrelid
union all
select 'trigger', format('%I on %s', g.tgname, r.name),
  concat_ws(' ', pg_get_triggerdef(g.oid), 'enabled ' || g.tgenabled::text)
from pg_catalog.pg_trigger as g
join our_relation as r on r.oid = g.tgrelid
where not g.tgisinternal
union all
select 'event trigger', quote_ident(e.evtname),
  concat_ws(' ', 'on', e.evtevent, e.evttags::text, 'does', e.evtfoid::regproc, 'enabled', e.evtenabled)
from pg_catalog.pg_event_trigger as e
union all
select 'policy', format('%I on %s', p.polname, r.name),
  concat_ws(
    ' ',
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    'for ' || p.polcmd::text,
    'to ' || (select string_agg(o.role::regrole::text, ', ' order by o.role::regrole::text)
              from unnest(p.polroles) as o (role)),
    'using ' || pg_get_expr(p.polqual, p.polrelid),
    'with check ' || pg_get_expr(p.polwithcheck, p.polrelid)
  )
from pg_catalog.pg_policy as p
join our_relation as r on r.oid = p.polrelid
union all
select 'function', f.name,
  concat_ws(
    e'\n',
    'owner ' || f.proowner::regrole::text,
    case
      when f.prokind in ('f', 'p') then pg_get_functiondef(f.oid)
      else 'kind ' || f.prokind::text
    end
  )
from our_function as f
union all
select 'sequence', r.name,
  concat_ws(
    ' ', q.seqtypid::regtype, 'start', q.seqstart, 'by', q.seqincrement, 'from', q.seqmin,
    'to', q.seqmax, 'cache', q.seqcache, 'cycle', q.seqcycle, 'persistence', r.relpersistence
  )
from pg_catalog.pg_sequence as q
join our_relation as r on r.oid = q.seqrelid
union all
select 'type', t.name,
  coalesce(
    (select 'enum ' || string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
     from pg_catalog.pg_enum as e
     where e.enumtypid = t.oid),
    'domain of ' || format_type(t.typbasetype, t.typtypmod)
  )
from our_type as t
union all
select 'grant',
  format(
    '%s on %s to %s', lower(g.privilege_type), l.object,
    case g.grantee when 0 then 'public' else g.grantee::regrole::text end
  ),
  case when g.is_grantable then 'with grant option' else 'without grant option' end
from access_list as l
cross join lateral aclexplode(l.acl) as g
union all
select 'default privileges',
  format('of %s in %s on %s', d.defaclrole::regrole, coalesce(s.nspname, 'every schema'), d.defaclobjtype),
  (select string_agg(item::text, ' ' order by item::text) from unnest(d.defaclacl) as acl (item))
from pg_catalog.pg_default_acl as d
left join pg_catalog.pg_namespace as s on s.oid = d.defaclnamespace
union all
select 'comment', c.object, d.description
from commented as c
join pg_catalog.pg_description as d on d.objoid = c.oid and d.classoid = c.class and d.objsubid = 0
union all
select 'comment', format('column %s.%I', t.name, a.attname), d.description
from our_table as t
join pg_catalog.pg_attribute as a on a.attrelid = t.oid
join pg_catalog.pg_description as d
  on d.objoid = t.oid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
order by kind, name
