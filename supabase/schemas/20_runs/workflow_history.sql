-- The audit trail, append-only: what the tables no longer show. Each attempt that did not complete leaves a row
-- here in the statement that ends it; of one that completed its log tells. A row names its action itself,
-- because it outlives both the action log and the definition.
create table public.workflow_history (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  workflow_id uuid,
  run_id uuid,
  action_log_id uuid,
  action text,
  item_index integer,
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
    'attempt_failed', 'attempt_stopped', 'attempt_released', 'approval_requested', 'reminded', 'expired', 'event_failed',
    'throttled', 'definition_saved', 'definition_deleted', 'paused', 'resumed', 'stopped', 'retried', 'replayed', 'signaled',
    'approved', 'rejected', 'run_failed', 'run_stopped', 'action_skipped'
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

-- "What of this run's workflow, or of all, concerned it too?"
create index workflow_history_shared_idx on public.workflow_history (workflow_id, id)
  where run_id is null and kind in ('paused', 'resumed', 'definition_deleted');

-- The runs that one row of the history is about, where that is not one run: of an operation in bulk.
create table workflow_engine.history_run (
  history_id uuid not null,
  run_id uuid not null,
  constraint history_run_pkey primary key (run_id, history_id)
);

comment on table workflow_engine.history_run is
  'The runs that a row of the history about an operation in bulk concerns.';

comment on table public.workflow_history is
  'The append-only audit trail: every attempt that did not complete, every event that could not be matched, and all that people did.';
comment on column public.workflow_history.action is 'The name of the action that it is about, if it is about one.';
comment on column public.workflow_history.item_index is 'The position of its item in a fan-out.';
comment on column public.workflow_history.kind is
  'attempt_failed: an attempt ended badly, or, without an attempt, an action''s data could not be read. attempt_stopped, attempt_released: an attempt was stopped, or given back. approval_requested: a question that was withdrawn, when another one takes its place. reminded: a reminder of a question was due, which ends its attempt. expired: nobody decided in time. event_failed: an event could not be matched with definitions. throttled: a record began too many runs. run_failed, run_stopped, action_skipped: what a retry took back. definition_saved, definition_deleted: a definition got a new version, or was deleted. The others: what somebody did to a run, an action, a workflow or an action type.';
comment on column public.workflow_history.started_at is
  'When what has ended had begun: an attempt, or a question.';
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
