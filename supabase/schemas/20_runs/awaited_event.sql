-- The two sides of waiting for an event, each with a mark for what has not been looked at yet. An event
-- and a wait for it may be committed in any order and in transactions of any length: whichever becomes
-- visible last is the one whose mark finds the other. So a mark is never taken away by the transaction that
-- set it, which nobody else can see yet (docs/adr/0012).

-- An event that some definition waits for by name, or a signal. Kept for settings.look_back.
create table workflow_engine.awaited_event (
  event_id uuid not null,
  organization_id text,
  name text not null,
  payload jsonb not null,
  run_id uuid,
  occurred_at timestamptz not null,
  scope bigint not null generated always as (workflow_engine.event_scope(organization_id, name)) stored,
  is_new boolean not null default true,
  marked_by xid8 not null default pg_current_xact_id(),
  constraint awaited_event_pkey primary key (event_id),
  constraint awaited_event_is_an_event
    foreign key (event_id) references public.workflow_event (id) on delete cascade
);

-- "Which events of this name has this organization had since?"
create index awaited_event_scope_idx on workflow_engine.awaited_event (scope, occurred_at) where run_id is null;

-- "Which of them say this?" With signals: only an index on some rows would be read whole in place of this one by
-- a plan that was made on an empty table.
create index awaited_event_payload_idx
  on workflow_engine.awaited_event using gin (workflow_engine.scoped(scope, payload) jsonb_path_ops);

-- "Which signals has this run got?"
create index awaited_event_run_idx on workflow_engine.awaited_event (run_id, name) where run_id is not null;

-- "Which have not been looked at?"
create index awaited_event_new_idx on workflow_engine.awaited_event (event_id) where is_new;

-- "Which are too old?"
create index awaited_event_age_idx on workflow_engine.awaited_event (occurred_at);

comment on table workflow_engine.awaited_event is
  'An event that some definition waits for by name, or a signal to a run.';
comment on column workflow_engine.awaited_event.run_id is 'The one run that a signal is for.';
comment on column workflow_engine.awaited_event.scope is 'The hash of its organization and its name.';
comment on column workflow_engine.awaited_event.is_new is 'Whether it has not been compared with those that wait.';
comment on column workflow_engine.awaited_event.marked_by is 'The transaction that made it new.';

-- An event that an action waits or waited for although no definition names it: a handler chose it.
create table workflow_engine.awaited_name (
  name text not null,
  waited_at timestamptz not null,
  constraint awaited_name_pkey primary key (name)
);

comment on table workflow_engine.awaited_name is
  'The events that actions wait for and no definition names; kept like those that one does.';
comment on column workflow_engine.awaited_name.waited_at is
  'When an action last began to wait for it, to the day.';

-- Where in a payload an organization's waits for an event of a name look: by what an event says there, it finds them.
create table workflow_engine.match_path (
  scope bigint not null,
  path text[] not null,
  constraint match_path_pkey primary key (scope, path)
);

comment on table workflow_engine.match_path is
  'The paths in payloads of events by which an organization''s waits for events of a name are found.';
comment on column workflow_engine.match_path.scope is 'The hash of the organization and the name of the event.';

-- An action log that waits for an event, or has got one.
create table workflow_engine.event_wait (
  action_log_id uuid not null,
  attempt integer not null,
  run_id uuid not null,
  organization_id text,
  name text not null,
  match jsonb not null,
  match_key bigint not null,
  since timestamptz not null,
  until timestamptz not null,
  is_new boolean not null default true,
  marked_by xid8 not null default pg_current_xact_id(),
  event_id uuid,
  constraint event_wait_pkey primary key (action_log_id),
  constraint event_wait_belongs_to_an_action_log
    foreign key (action_log_id) references public.workflow_action_logs (id) on delete cascade,
  constraint an_event_answers_one_action_of_a_run unique (run_id, event_id),
  constraint event_match_is_an_object check (jsonb_typeof(match) = 'object')
);

-- "Who waits for this event?"
create index event_wait_name_idx on workflow_engine.event_wait (name, match_key) where event_id is null;

-- "Which have not been looked at?"
create index event_wait_new_idx on workflow_engine.event_wait (action_log_id) where is_new;

comment on table workflow_engine.event_wait is 'An action log that waits for an event, or has got one.';
comment on column workflow_engine.event_wait.match is 'What the event''s payload must contain.';
comment on column workflow_engine.event_wait.match_key is
  'The hash of the event''s scope and of one member of match with its path, by which an event finds it; the scope when it has none.';
comment on column workflow_engine.event_wait.since is 'The event must not have occurred before.';
comment on column workflow_engine.event_wait.until is 'The event must not have occurred later: its timeout.';
comment on column workflow_engine.event_wait.is_new is 'Whether it has not been compared with earlier events.';
comment on column workflow_engine.event_wait.marked_by is 'The transaction that made it new.';
comment on column workflow_engine.event_wait.event_id is 'The event that answered it.';
