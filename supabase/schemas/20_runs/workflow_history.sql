-- The audit trail, append-only: what the tables no longer show. Each failed attempt leaves a row here
-- in the statement that ends it.
create table public.workflow_history (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  workflow_id uuid,
  run_id uuid,
  action_log_id uuid,
  kind text not null,
  attempt integer,
  started_at timestamptz,
  recorded_at timestamptz not null default workflow_engine.clock(),
  actor text not null default session_user,
  error text,
  detail jsonb not null default '{}',
  constraint workflow_history_pkey primary key (id),
  constraint history_kind_is_known check (kind in ('attempt_failed', 'event_failed', 'definition_saved'))
);

-- "What happened to this run?"
create index workflow_history_run_idx on public.workflow_history (run_id, id);

comment on table public.workflow_history is
  'The append-only audit trail: every failed attempt and every event that could not be matched.';
comment on column public.workflow_history.kind is
  'attempt_failed: an attempt ended badly. event_failed: an event could not be matched with definitions. definition_saved: a definition got a new version.';
comment on column public.workflow_history.actor is 'The database role in whose session it happened.';

create or replace function workflow_engine.refuse_history_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.raise_error(
    'PT403', 'history.append_only',
    'Cannot change workflow_history: it is append-only',
    'Add a row instead.'
  );
  return null;
end;
$$;

comment on function workflow_engine.refuse_history_change() is
  'Keeps the audit trail append-only.';

create or replace trigger refuse_history_change
  before update or delete or truncate on public.workflow_history
  for each statement execute function workflow_engine.refuse_history_change();
