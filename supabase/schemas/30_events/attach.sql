-- The columns of a table's primary key, in its order.
create or replace function workflow_engine.primary_key_columns(table_name regclass)
returns text[]
language sql
stable
set search_path = ''
as $$
  select array_agg(a.attname::text order by k.ordinality)
  from pg_catalog.pg_index x
  cross join lateral unnest(x.indkey::smallint[]) with ordinality k (number, ordinality)
  join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number
  where x.indrelid = primary_key_columns.table_name and x.indisprimary;
$$;

comment on function workflow_engine.primary_key_columns(regclass) is
  'The columns of a table''s primary key, in order.';

-- Why a table cannot be captured, as a sentence, or null. Views and foreign tables have no statement
-- triggers with transition tables, inherited ones would be seen half, the engine's own would loop. A key
-- must be one text in JSON, by which the record is found again; "a.b".c and a."b.c" have one name.
create or replace function workflow_engine.find_attach_fault(table_name regclass)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when c.relkind not in ('r', 'p') then 'it is not a table'
    when c.relpersistence = 't' then 'it is temporary'
    when n.nspname in ('workflow_engine', 'pg_catalog', 'information_schema') or c.oid in (
      'public.workflow'::regclass, 'public.workflow_action'::regclass, 'public.workflow_event'::regclass,
      'public.workflow_run'::regclass, 'public.workflow_action_logs'::regclass, 'public.workflow_history'::regclass
    ) then 'it is a table of the engine or of the system'
    when c.relispartition then 'it is a partition; attach the partitioned table instead'
    when exists (
      select from pg_catalog.pg_inherits i where i.inhrelid = c.oid or (i.inhparent = c.oid and c.relkind = 'r')
    ) then 'it takes part in table inheritance'
    when not exists (
      select from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisprimary
    ) then 'it has no primary key'
    when exists (
      select
      from unnest(workflow_engine.primary_key_columns(c.oid)) k (name)
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = k.name
      join pg_catalog.pg_type t on t.oid = a.atttypid
      where t.typcategory in ('A', 'C') or 'jsonb'::regtype in (t.oid, t.typbasetype)
    ) then 'its primary key holds arrays, rows or JSON'
    else (
      select format('its events would be called like those of %s, which must be detached first', o.oid::regclass)
      from workflow_engine.attachment a
      join pg_catalog.pg_class o on o.oid = a.table_id
      where a.related_table = n.nspname || '.' || c.relname and o.oid <> c.oid
    )
  end
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = find_attach_fault.table_name;
$$;

comment on function workflow_engine.find_attach_fault(regclass) is
  'Why a table cannot be attached, as a sentence, or null.';

-- Takes the engine's database triggers off one table.
create or replace function workflow_engine.drop_capture_triggers(table_name regclass)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_trigger name;
begin
  for v_trigger in
    select t.tgname
    from pg_catalog.pg_trigger t
    where t.tgrelid = drop_capture_triggers.table_name
      and t.tgfoid in ('workflow_engine.capture()'::regprocedure, 'workflow_engine.capture_truncate()'::regprocedure)
  loop
    execute format('drop trigger %I on %s', v_trigger, drop_capture_triggers.table_name);
  end loop;
end;
$$;

comment on function workflow_engine.drop_capture_triggers(regclass) is
  'Takes the engine''s database triggers off a table.';

-- Puts the engine's database triggers on one table: an attached one or a partition of it. A partition
-- has none for TRUNCATE: one of all of them would be told once for each, one of it alone would be told
-- as if the whole table were empty.
create or replace function workflow_engine.create_capture_triggers(table_name regclass, attachment workflow_engine.attachment)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_event text;
begin
  foreach v_event in array (create_capture_triggers.attachment).events || array['truncate'] loop
    continue when v_event = 'truncate' and create_capture_triggers.table_name <> (create_capture_triggers.attachment).table_id;
    execute format(
      'create trigger %I after %s on %s %s for each statement execute function workflow_engine.%I(%L, %L, %L, %L, %L)',
      'workflow_capture_' || v_event,
      v_event,
      create_capture_triggers.table_name,
      case v_event
        when 'insert' then 'referencing new table as new_rows'
        when 'update' then 'referencing old table as old_rows new table as new_rows'
        when 'delete' then 'referencing old table as old_rows'
        else ''
      end,
      case v_event when 'truncate' then 'capture_truncate' else 'capture' end,
      (create_capture_triggers.attachment).schema_name,
      (create_capture_triggers.attachment).table_name,
      (create_capture_triggers.attachment).key_columns,
      coalesce((create_capture_triggers.attachment).columns::text, ''),
      coalesce((create_capture_triggers.attachment).organization_column, '')
    );
  end loop;
end;
$$;

comment on function workflow_engine.create_capture_triggers(regclass, workflow_engine.attachment) is
  'Puts the engine''s database triggers on a table as its attachment says.';

-- Attached tables and their partitions that lack triggers get them; the tick calls this, so that a
-- new partition is captured within a minute.
create or replace function workflow_engine.attach_partitions()
returns void
language sql
set search_path = ''
as $$
  select workflow_engine.create_capture_triggers(p.relid::regclass, a)
  from workflow_engine.attachment a
  join pg_catalog.pg_class c on c.oid = a.table_id and c.relkind = 'p'
  cross join lateral pg_catalog.pg_partition_tree(a.table_id::regclass) p
  where not exists (
    select from pg_catalog.pg_trigger t
    where t.tgrelid = p.relid and t.tgfoid = 'workflow_engine.capture()'::regprocedure
  );
$$;

comment on function workflow_engine.attach_partitions() is
  'Puts database triggers on partitions of attached tables that have none yet.';

-- Raises for what workflow_attach() cannot do with its arguments.
create or replace function workflow_engine.check_attach(
  table_name regclass,
  events text[],
  columns text[],
  organization_column text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault text := workflow_engine.find_attach_fault(check_attach.table_name);
  v_hint text := 'Attach an ordinary or partitioned table that has a primary key.';
  v_column text;
begin
  if v_fault is null and (check_attach.events <@ array['insert', 'update', 'delete'] and cardinality(check_attach.events) > 0) is not true then
    v_fault := format('the events %s are not among insert, update, delete', coalesce(check_attach.events::text, 'null'));
    v_hint := 'Leave events out to capture all three.';
  end if;
  select c.name into v_column
  from unnest(check_attach.columns || check_attach.organization_column) c (name)
  where c.name is not null and not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = check_attach.table_name and a.attname = c.name and a.attnum > 0 and not a.attisdropped
  );
  if v_fault is null and v_column is not null then
    v_fault := format('it has no column "%s"', v_column);
    v_hint := 'Name columns as the table does.';
  end if;
  if v_fault is null and check_attach.columns is null and exists (
    select from pg_catalog.pg_class c
    where c.oid = check_attach.table_name and c.relnamespace = 'auth'::regnamespace
  ) then
    v_fault := 'a table of schema auth shows only the columns that are listed';
    v_hint := 'List them: select workflow_attach(''auth.users'', columns => array[''id'', ''email'']).';
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT422', 'attach.refused', format('Cannot attach %s: %s', check_attach.table_name, v_fault), v_hint
    );
  end if;
end;
$$;

comment on function workflow_engine.check_attach(regclass, text[], text[], text) is
  'Raises PT422 for a table, event or column that cannot be attached.';

-- Makes the changes of a table events. Again, it replaces what was said before, also of a table that was
-- dropped and created anew since.
create or replace function public.workflow_attach(
  table_name regclass,
  events text[] default array['insert', 'update', 'delete'],
  columns text[] default null,
  organization_column text default null
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_attachment workflow_engine.attachment;
  v_table regclass;
begin
  perform workflow_engine.check_attach(
    workflow_attach.table_name, workflow_attach.events, workflow_attach.columns, workflow_attach.organization_column
  );
  select
    n.nspname || '.' || c.relname, n.nspname, c.relname, c.oid, workflow_attach.events,
    workflow_engine.primary_key_columns(workflow_attach.table_name), workflow_attach.columns,
    workflow_attach.organization_column
  into v_attachment
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = workflow_attach.table_name;
  perform public.workflow_detach(workflow_attach.table_name);
  delete from workflow_engine.attachment a where a.related_table = v_attachment.related_table;
  insert into workflow_engine.attachment select v_attachment.*;
  for v_table in select p.relid from pg_catalog.pg_partition_tree(workflow_attach.table_name) p
    union select workflow_attach.table_name
  loop
    perform workflow_engine.create_capture_triggers(v_table, v_attachment);
  end loop;
end;
$$;

comment on function public.workflow_attach(regclass, text[], text[], text) is
  'Makes the changes of a table events named <schema>.<table>.<insert|update|delete|truncate>. `columns` are the only ones that leave the table (all when null; must be listed in schema auth); `organization_column` says whose a record is. Raises PT422 for a table that cannot be captured.';

-- Stops capturing a table and its partitions; events that were captured stay.
create or replace function public.workflow_detach(table_name regclass)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_table regclass;
begin
  for v_table in
    select t.tgrelid::regclass
    from pg_catalog.pg_trigger t
    where t.tgfoid in ('workflow_engine.capture()'::regprocedure, 'workflow_engine.capture_truncate()'::regprocedure)
      and (
        t.tgrelid = workflow_detach.table_name
        or t.tgrelid in (select p.relid from pg_catalog.pg_partition_tree(workflow_detach.table_name) p)
      )
    group by t.tgrelid
  loop
    perform workflow_engine.drop_capture_triggers(v_table);
  end loop;
  delete from workflow_engine.attachment a where a.table_id = workflow_detach.table_name;
end;
$$;

comment on function public.workflow_detach(regclass) is
  'Stops capturing the changes of a table.';
