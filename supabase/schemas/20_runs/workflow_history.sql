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
  actor text not null default workflow_engine.actor(),
  reason text,
  error text,
  detail jsonb not null default '{}',
  constraint workflow_history_pkey primary key (id),
  constraint history_kind_is_known check (kind in (
    'attempt_failed', 'event_failed', 'definition_saved', 'paused', 'resumed', 'stopped', 'retried', 'replayed',
    'signaled', 'approved', 'rejected', 'throttled'
  ))
);

-- "What happened to this run?"
create index workflow_history_run_idx on public.workflow_history (run_id, id);

-- "When was this done in bulk the last time?"
create index workflow_history_bulk_idx
  on public.workflow_history (recorded_at)
  where detail ? 'filter';

-- "Which workflow begins too many runs?"
create index workflow_history_throttled_idx
  on public.workflow_history (recorded_at)
  where kind = 'throttled';

-- The runs that one row of the history is about, where that is not one run: of an operation in bulk.
create table workflow_engine.history_run (
  history_id uuid not null,
  run_id uuid not null,
  constraint history_run_pkey primary key (run_id, history_id)
);

comment on table workflow_engine.history_run is
  'The runs that a row of the history about an operation in bulk concerns.';

comment on table public.workflow_history is
  'The append-only audit trail: every failed attempt, every event that could not be matched, and all that people did.';
comment on column public.workflow_history.kind is
  'attempt_failed: an attempt ended badly. event_failed: an event could not be matched with definitions. definition_saved: a definition got a new version. throttled: a record began too many runs. The others: what somebody did to a run, an action, a workflow or an action type.';
comment on column public.workflow_history.actor is
  'Who did it: the person or role that the token names, else the database role of the session.';
comment on column public.workflow_history.reason is 'Why, as the actor said.';

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
