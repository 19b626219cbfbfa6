-- Where an emitted event names a record, it must be one of an attached table, with a key that table
-- can have: the claim reads the record by it, in a batch with others.
create or replace function workflow_engine.check_related_record(related_table text, related_table_pkey text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if check_related_record.related_table is null then
    return;
  end if;
  if not exists (
    select from workflow_engine.attachment a where a.related_table = check_related_record.related_table
  ) then
    perform workflow_engine.raise_error(
      'PT422', 'event.table_not_attached',
      format('Cannot emit an event about "%s": that table is not attached', check_related_record.related_table),
      'Write schema and table (public.orders), and attach it first with workflow_attach.'
    );
  end if;
  begin
    perform workflow_engine.read_table(check_related_record.related_table, array[check_related_record.related_table_pkey]);
  exception
    when data_exception then
      perform workflow_engine.raise_error(
        'PT422', 'event.key_invalid',
        format('Cannot emit an event about "%s": "%s" is not a key of it. %s',
          check_related_record.related_table, check_related_record.related_table_pkey, sqlerrm),
        'Pass the primary key as text; a JSON array of texts when it has several columns.'
      );
  end;
end;
$$;

comment on function workflow_engine.check_related_record(text, text) is
  'Raises PT422 for a record that an emitted event cannot be about.';

-- Tells the engine that something happened and starts what it triggers, at once, in the caller's
-- transaction. With an idempotency key, the same event is recorded once, and again returns the runs
-- that exist. Security definer because the Data API's roles may not reach workflow_engine; only
-- service_role may execute it.
create or replace function public.workflow_emit(
  event text,
  payload jsonb default '{}',
  idempotency_key text default null,
  related_table text default null,
  related_table_pkey text default null,
  organization_id text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_event uuid;
  v_runs uuid[];
begin
  perform workflow_engine.check_event('emit event', workflow_emit.event, workflow_emit.payload);
  perform workflow_engine.check_related_record(workflow_emit.related_table, workflow_emit.related_table_pkey);
  insert into public.workflow_event (
    organization_id, name, payload, source, related_table, related_table_pkey, idempotency_key
  )
  values (
    workflow_emit.organization_id, workflow_emit.event, workflow_emit.payload, 'emit',
    workflow_emit.related_table, workflow_emit.related_table_pkey, workflow_emit.idempotency_key
  )
  on conflict do nothing
  returning id into v_event;
  if v_event is not null then
    v_runs := workflow_engine.start_runs(array[v_event]);
  else
    select e.id into v_event
    from public.workflow_event e
    where e.idempotency_key = workflow_emit.idempotency_key
      and e.name = workflow_emit.event
      and e.organization_id is not distinct from workflow_emit.organization_id;
    v_runs := array(select r.id from public.workflow_run r where r.event_id = v_event);
  end if;
  return jsonb_build_object('event_id', v_event, 'runs', (
    select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'workflow_id', r.workflow_id, 'status', r.status) order by r.id), '[]')
    from public.workflow_run r
    where r.id = any (v_runs)
  ));
end;
$$;

comment on function public.workflow_emit(text, jsonb, text, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Emits an event and returns {"event_id", "runs": [{"id", "workflow_id", "status"}]}; the same idempotency key returns the runs that exist. Raises PT422 for a payload that is no object or a record that cannot be.';
