-- What runs execute: a definition as it was when saved, checked and compiled. A run names its
-- version, so an edit never changes a run that has begun. Rows are written by save_versions() alone.
create table workflow_engine.workflow_version (
  workflow_id uuid not null,
  version integer not null,
  document jsonb not null,
  phase text not null,
  "interval" interval not null,
  relative_to jsonpath,
  timezone text not null,
  if_past text not null,
  if_past_within interval,
  condition jsonpath,
  condition_is_costly boolean not null,
  vars jsonb not null,
  priority smallint not null,
  saved_at timestamptz not null default workflow_engine.clock(),
  saved_by text not null default session_user,
  saved_in xid8 not null default pg_current_xact_id(),
  constraint workflow_version_pkey primary key (workflow_id, version),
  constraint workflow_version_belongs_to_a_workflow
    foreign key (workflow_id) references public.workflow (id) on delete cascade
);

comment on table workflow_engine.workflow_version is
  'A definition as it was saved, compiled; runs name the version they execute.';
comment on column workflow_engine.workflow_version.document is
  'The definition as its author wrote it; equal documents are the same version.';
comment on column workflow_engine.workflow_version.saved_in is
  'The transaction that saved it: several statements of one transaction make one version.';

create table workflow_engine.action_version (
  workflow_id uuid not null,
  version integer not null,
  workflow_action_id uuid not null,
  "order" integer not null,
  name text not null,
  action_type text not null,
  depends_on uuid[] not null,
  join_count integer,
  run_if text not null,
  continue_on_failure boolean not null,
  is_compensation boolean not null,
  compensate_with uuid,
  choices jsonb,
  condition jsonpath,
  condition_root text,
  condition_reads_item boolean not null,
  for_each jsonpath,
  max_concurrency integer not null,
  tolerated_failure_count integer not null,
  tolerated_failure_percentage numeric not null,
  delay interval not null,
  timeout_seconds integer not null,
  max_retries integer not null,
  backoff_base interval not null,
  backoff_factor numeric not null,
  backoff_cap interval not null,
  priority smallint not null,
  template jsonb not null,
  holes jsonb not null,
  paths jsonpath[] not null,
  path_roots text[] not null,
  takes_all boolean[] not null,
  reads_event boolean not null,
  reads_actions boolean not null,
  is_costly boolean not null,
  awaits text,
  constraint action_version_pkey primary key (workflow_id, version, workflow_action_id),
  constraint action_version_belongs_to_a_workflow_version
    foreign key (workflow_id, version)
    references workflow_engine.workflow_version (workflow_id, version) on delete cascade
);

create index action_version_order_idx
  on workflow_engine.action_version (workflow_id, version, "order");

-- "Does any definition wait for this event?"
create index action_version_awaits_idx on workflow_engine.action_version (awaits) where awaits is not null;

comment on table workflow_engine.action_version is
  'An action of a saved version, its templates compiled into literals and typed holes.';
comment on column workflow_engine.action_version.depends_on is
  'The actions it follows, as the graph was resolved: names, next lower order, and the choice that names it.';
comment on column workflow_engine.action_version.is_compensation is
  'Whether it only undoes another action, and so has no place in the graph.';
comment on column workflow_engine.action_version.choices is
  'Of a choice, its rules in order: [{"condition", "then": [id]}]; the last one without a condition is the else.';
comment on column workflow_engine.action_version.template is
  'Payload and target_endpoint; a text with placeholders is {"$template": [literal or index of a hole, …]}.';
comment on column workflow_engine.action_version.holes is
  'What fills the template: [{"path", "filters": [{"name", "arguments"}], "required"}].';
comment on column workflow_engine.action_version.paths is 'The holes'' paths, ready to be evaluated.';
comment on column workflow_engine.action_version.path_roots is
  'Which part of the data each path reads: event, record, actions, rest or mixed.';
comment on column workflow_engine.action_version.takes_all is
  'Whether a hole takes all that its path finds (it has a wildcard), as an array.';
comment on column workflow_engine.action_version.reads_event is
  'Whether its template or condition reads the event.';
comment on column workflow_engine.action_version.reads_actions is
  'Whether an expression of it reads the outputs of earlier actions.';
comment on column workflow_engine.action_version.is_costly is
  'Whether an expression of it has two wildcards, so that its work may grow with the square of its data.';
comment on column workflow_engine.action_version.awaits is 'The event that it waits for, if it does.';
