-- Which tables are captured, and how: what workflow_attach() was told.
create table workflow_engine.attachment (
  related_table text not null,
  schema_name text not null,
  table_name text not null,
  table_id oid not null,
  events text[] not null,
  key_columns text[] not null,
  columns text[],
  organization_column text,
  constraint attachment_pkey primary key (related_table),
  constraint attachment_has_events check (cardinality(events) > 0),
  constraint attachment_has_a_key check (cardinality(key_columns) > 0)
);

comment on table workflow_engine.attachment is 'The tables whose changes become events.';
comment on column workflow_engine.attachment.related_table is
  'Schema and table as events and runs name them, such as public.profiles.';
comment on column workflow_engine.attachment.columns is
  'The only columns that leave the table; all of them when null.';
comment on column workflow_engine.attachment.organization_column is
  'The column that says whose a record is.';
