-- A row of an attached table as it is now, and whose it is.
create type workflow_engine.current_record as (
  related_table_pkey text,
  organization_id text,
  record jsonb
);

comment on type workflow_engine.current_record is
  'A row of an attached table as it is now: its key as text, its organization, its columns.';

-- The current rows of an attached table by their keys, in one query. Reads what the attachment shows.
create or replace function workflow_engine.read_table(related_table text, keys text[])
returns setof workflow_engine.current_record
language plpgsql
stable
set search_path = ''
as $$
declare
  v_attachment workflow_engine.attachment;
  v_match text;
begin
  select * into v_attachment
  from workflow_engine.attachment a
  where a.related_table = read_table.related_table;
  select string_agg(
    format(
      't.%I = (%s)::%s', k.name,
      case when cardinality(v_attachment.key_columns) = 1 then 'k.key' else format('k.key::jsonb ->> %s', k.ordinality - 1) end,
      format_type(a.atttypid, -1)
    ), ' and '
  )
  into v_match
  from unnest(v_attachment.key_columns) with ordinality k (name, ordinality)
  join pg_catalog.pg_attribute a on a.attrelid = v_attachment.table_id and a.attname = k.name;
  if v_match is null then
    return;
  end if;
  return query execute format(
    'select r.key, r.record ->> $3, case when $2 is null then r.record else workflow_engine.pick_columns(r.record, $2) end
    from (select k.key, to_jsonb(t.*) as record from unnest($1) k (key) join %I.%I t on %s offset 0) r',
    v_attachment.schema_name, v_attachment.table_name, v_match
  )
  using read_table.keys, v_attachment.columns, v_attachment.organization_column;
end;
$$;

comment on function workflow_engine.read_table(text, text[]) is
  'The current records of an attached table with these keys, and whose they are.';

-- The current records that a batch of action logs is about: one query a table, never one a row. A
-- table that somebody is altering just now gives one row without a key, so that its actions wait
-- instead of failing.
create or replace function workflow_engine.read_records(log_ids uuid[])
returns table (related_table text, related_table_pkey text, organization_id text, record jsonb)
language plpgsql
set search_path = ''
as $$
declare
  v_lock_timeout text := current_setting('lock_timeout');
  v_batch record;
begin
  for v_batch in
    select l.related_table as name, array_agg(distinct l.related_table_pkey) as keys
    from public.workflow_action_logs l
    where l.id = any (read_records.log_ids) and l.related_table_pkey is not null
    group by l.related_table
  loop
    begin
      perform set_config('lock_timeout', '100ms', true);
      return query
        select v_batch.name, t.related_table_pkey, t.organization_id, t.record
        from workflow_engine.read_table(v_batch.name, v_batch.keys) t;
      perform set_config('lock_timeout', v_lock_timeout, true);
    exception
      when lock_not_available then
        return query select v_batch.name, null::text, null::text, null::jsonb;
      when data_exception or undefined_object or undefined_column then
        raise log 'workflow_engine.read_records: %: %', v_batch.name, sqlerrm;
    end;
  end loop;
end;
$$;

comment on function workflow_engine.read_records(uuid[]) is
  'The current records of a batch of action logs; a row without a key stands for a table that is locked just now.';
