-- The listed keys of a record; the whole record when none are listed. Takes the others away, because
-- jsonb_object_agg() would need time with the square of the length of an array in it.
create or replace function workflow_engine.pick_columns(record jsonb, columns text[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when pick_columns.columns is null then pick_columns.record
    else pick_columns.record - array(
      select k.key
      from jsonb_object_keys(pick_columns.record) k (key)
      where k.key <> all (pick_columns.columns)
    )
  end;
$$;

comment on function workflow_engine.pick_columns(jsonb, text[]) is
  'A record with only the listed columns; with all of them when the list is null.';

-- The primary key of a record as text: the value, or a JSON array of texts when it has several columns.
create or replace function workflow_engine.record_key(record jsonb, key_columns text[])
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when cardinality(record_key.key_columns) = 1 then record_key.record ->> record_key.key_columns[1]
    else (
      select jsonb_agg(record_key.record ->> k.name order by k.ordinality)::text
      from unnest(record_key.key_columns) with ordinality k (name, ordinality)
    )
  end;
$$;

comment on function workflow_engine.record_key(jsonb, text[]) is
  'A record''s primary key as text, as related_table_pkey holds it.';

-- The database trigger of an attached table: appends an event a row, in the statement's transaction,
-- and asks for one wake-up. No condition, no foreign key, no exception block: nothing here depends
-- on a definition, so nothing that a definition says can fail or slow down a user's write.
-- Arguments: schema, table, key columns, columns or '', organization column or ''. `offset 0` keeps
-- Postgres from converting a row once for each time its record is mentioned. Security definer because
-- whoever may write the table need not be able to write events.
create or replace function workflow_engine.capture()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_table text := tg_argv[0] || '.' || tg_argv[1];
  v_key_columns text[] := tg_argv[2]::text[];
  v_key_column text := case cardinality(v_key_columns) when 1 then v_key_columns[1] end;
  v_columns text[] := nullif(tg_argv[3], '')::text[];
  v_organization text := nullif(tg_argv[4], '');
  v_now timestamptz := workflow_engine.clock();
begin
  if tg_op = 'INSERT' then
    insert into public.workflow_event (occurred_at, organization_id, name, source, related_table, related_table_pkey, payload)
    select
      v_now, c.payload -> 'record' ->> v_organization, v_table || '.insert', 'table', v_table,
      coalesce(c.payload #>> array['record', v_key_column], workflow_engine.record_key(c.payload -> 'record', v_key_columns)),
      case
        when v_columns is null then c.payload
        else jsonb_set(c.payload, '{record}', workflow_engine.pick_columns(c.payload -> 'record', v_columns))
      end
    from (
      select to_jsonb(p) as payload
      from (select 'INSERT' as type, tg_argv[0] as schema, tg_argv[1] as "table", "workflow_engine.row" as record, null as old_record from new_rows "workflow_engine.row") p
      offset 0
    ) c;
  elsif tg_op = 'UPDATE' then
    insert into public.workflow_event (occurred_at, organization_id, name, source, related_table, related_table_pkey, payload)
    select
      v_now, coalesce(n.record, o.record) ->> v_organization, v_table || '.' || lower(t.type), 'table', v_table,
      coalesce(n.key, o.key),
      jsonb_build_object(
        'type', t.type, 'schema', tg_argv[0], 'table', tg_argv[1],
        'record', case when v_columns is null then n.record else workflow_engine.pick_columns(n.record, v_columns) end,
        'old_record', case when v_columns is null then o.record else workflow_engine.pick_columns(o.record, v_columns) end
      )
    from (
      select c.record, coalesce(c.record ->> v_key_column, workflow_engine.record_key(c.record, v_key_columns)) as key
      from (select to_jsonb(r.*) as record from new_rows r offset 0) c
    ) n
    full join (
      select c.record, coalesce(c.record ->> v_key_column, workflow_engine.record_key(c.record, v_key_columns)) as key
      from (select to_jsonb(r.*) as record from old_rows r offset 0) c
    ) o on o.key = n.key
    cross join lateral (
      select case when o.key is null then 'INSERT' when n.key is null then 'DELETE' else 'UPDATE' end as type
    ) t;
  elsif tg_op = 'DELETE' then
    insert into public.workflow_event (occurred_at, organization_id, name, source, related_table, related_table_pkey, payload)
    select
      v_now, c.record ->> v_organization, v_table || '.delete', 'table', v_table,
      coalesce(c.record ->> v_key_column, workflow_engine.record_key(c.record, v_key_columns)),
      jsonb_build_object(
        'type', 'DELETE', 'schema', tg_argv[0], 'table', tg_argv[1], 'record', null,
        'old_record', case when v_columns is null then c.record else workflow_engine.pick_columns(c.record, v_columns) end
      )
    from (select to_jsonb(o.*) as record from old_rows o offset 0) c;
  end if;
  if found then
    perform workflow_engine.request_wake();
  end if;
  return null;
end;
$$;

comment on function workflow_engine.capture() is
  'Security definer because whoever may write an attached table need not be able to write events. The database trigger of attached tables: appends an event a row.';

-- The same for TRUNCATE, which has no rows: one event about the table.
create or replace function workflow_engine.capture_truncate()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_table text := tg_argv[0] || '.' || tg_argv[1];
begin
  insert into public.workflow_event (name, source, related_table, payload)
  values (
    v_table || '.truncate', 'table', v_table,
    jsonb_build_object('type', 'TRUNCATE', 'schema', tg_argv[0], 'table', tg_argv[1], 'record', null, 'old_record', null)
  );
  perform workflow_engine.request_wake();
  return null;
end;
$$;

comment on function workflow_engine.capture_truncate() is
  'Security definer because whoever may truncate an attached table need not be able to write events. The database trigger of attached tables for TRUNCATE.';
