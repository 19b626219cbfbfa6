-- One execution of a definition: begun by an event, carried by the version that was current then.
-- Its life: running → completed when all its actions have ended well, failed when one has not, after
-- what had completed was compensated, stopped when a person ended it, paused while one keeps it from going on.
-- No foreign key to definitions: it would lock their rows for every run that begins; versions are
-- kept as long as their workflow, and a workflow with unfinished runs cannot be deleted.
create table public.workflow_run (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  workflow_id uuid not null,
  workflow_version integer not null,
  event_id uuid not null,
  status text not null default 'running',
  related_table text,
  related_table_pkey text,
  parent_run_id uuid,
  parent_action_log_id uuid,
  parent_attempt integer,
  on_failure text,
  owes_answer boolean not null default false,
  ended_in xid8,
  depth integer not null default 0,
  replay_of uuid,
  is_compensating boolean not null default false,
  starts_at timestamptz not null,
  created_at timestamptz not null default workflow_engine.clock(),
  completed_at timestamptz,
  constraint workflow_run_pkey primary key (id),
  constraint an_event_starts_a_workflow_once unique (event_id, workflow_id),
  constraint run_status_is_known
    check (status in ('running', 'paused', 'completed', 'failed', 'stopped')),
  constraint a_child_names_its_parent_whole
    check (num_nonnulls(parent_run_id, parent_action_log_id, parent_attempt, on_failure) in (0, 4)),
  constraint only_a_child_owes_an_answer check (not owes_answer or parent_run_id is not null),
  constraint on_failure_is_known check (on_failure in ('fail', 'continue')),
  constraint depth_is_not_negative check (depth >= 0),
  constraint run_has_ended_when_it_says_so
    check ((completed_at is not null) = (status in ('completed', 'failed', 'stopped')))
);

-- "Which runs does this workflow have?"
create index workflow_run_workflow_idx on public.workflow_run (workflow_id, workflow_version);

-- "Which runs are about this record?", "How many of them has this workflow begun just now?"
create index workflow_run_related_idx
  on public.workflow_run (related_table, related_table_pkey, workflow_id, created_at);

-- "Which children has this run, or this action?"
create index workflow_run_parent_idx
  on public.workflow_run (parent_run_id, parent_action_log_id)
  where parent_run_id is not null;

-- "Was this run repeated?"
create index workflow_run_replay_idx on public.workflow_run (replay_of) where replay_of is not null;

-- "Which children have ended whose parent has not been told?"
create index workflow_run_owing_idx on public.workflow_run (id) where owes_answer and completed_at is not null;

comment on table public.workflow_run is 'One execution of a workflow.';
comment on column public.workflow_run.workflow_version is
  'The version of the definition it executes to its end.';
comment on column public.workflow_run.starts_at is
  'When its first actions become ready, from the workflow''s phase, interval and relative_to.';
comment on column public.workflow_run.is_compensating is
  'Whether it has failed and its compensations are running or have run.';
comment on column public.workflow_run.parent_run_id is 'The run whose action started it, if any.';
comment on column public.workflow_run.parent_action_log_id is 'The action log that started it.';
comment on column public.workflow_run.parent_attempt is 'The attempt that started it: no later one takes its answer.';
comment on column public.workflow_run.on_failure is
  'What its failure does to the action that waits for it: fail, or continue.';
comment on column public.workflow_run.owes_answer is 'Whether its parent waits for its end and has not been told.';
comment on column public.workflow_run.ended_in is
  'The transaction that ended a run that owes an answer: another one gives it.';
comment on column public.workflow_run.depth is 'How many runs are above it.';
comment on column public.workflow_run.replay_of is 'The run that it repeats, if any.';
