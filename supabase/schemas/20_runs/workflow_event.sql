-- Something that happened. Appended in the transaction that made it happen, so it is recorded if and
-- only if that commits; matched with definitions later, outside of it. Never altered under traffic.
create table public.workflow_event (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  name text not null,
  payload jsonb not null default '{}',
  source text not null,
  related_table text,
  related_table_pkey text,
  run_id uuid,
  idempotency_key text,
  occurred_at timestamptz not null default workflow_engine.clock(),
  expanded_at timestamptz,
  error text,
  constraint workflow_event_pkey primary key (id),
  constraint event_payload_is_an_object check (jsonb_typeof(payload) = 'object'),
  constraint event_source_is_known check (source in ('table', 'emit', 'signal', 'start', 'replay')),
  constraint related_record_is_named_whole
    check (related_table is not null or related_table_pkey is null)
);

-- "What must still be matched with definitions, oldest first?"
create index workflow_event_unexpanded_idx on public.workflow_event (id) where expanded_at is null;

-- "Was this emitted before?"
create unique index workflow_event_idempotency_key_idx
  on public.workflow_event (idempotency_key, name, organization_id) nulls not distinct
  where idempotency_key is not null;

comment on table public.workflow_event is
  'Something that happened: a row changed, or an event was emitted.';
comment on column public.workflow_event.name is 'Such as public.profiles.insert or order.paid.';
comment on column public.workflow_event.payload is
  'For a table, {"type", "schema", "table", "record", "old_record"}; else what was emitted. Expressions read it as $.event.';
comment on column public.workflow_event.related_table is 'The table of the record it is about, with its schema.';
comment on column public.workflow_event.related_table_pkey is
  'That record''s primary key as text; a JSON array of texts when it has several columns.';
comment on column public.workflow_event.source is
  'table: a row changed. emit: workflow_emit(). signal: workflow_signal(), for one run. start: the input of a child. replay: of a run again.';
comment on column public.workflow_event.run_id is 'The one run that a signal is for.';
comment on column public.workflow_event.expanded_at is 'When it was matched with definitions.';
comment on column public.workflow_event.error is 'Why it could not be matched, where that failed.';
