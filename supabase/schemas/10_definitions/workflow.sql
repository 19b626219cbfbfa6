-- A definition: which event starts it, and when relative to that event its run begins. Its life:
-- saved → a version is compiled (save_versions) → events are matched with it (expand_events) → runs
-- carry that version to their end, whatever is edited meanwhile.
create table public.workflow (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  name text not null,
  description text,
  trigger text not null,
  phase text not null default 'now',
  "interval" integer not null default 0,
  relative_to text,
  timezone text not null default 'UTC',
  if_past text not null default 'auto',
  if_past_within integer,
  condition text,
  vars jsonb not null default '{}',
  priority smallint not null default 5,
  is_active boolean not null default true,
  version integer not null default 0,
  created_at timestamptz not null default workflow_engine.clock(),
  updated_at timestamptz not null default workflow_engine.clock(),
  constraint workflow_pkey primary key (id),
  constraint workflow_name_is_unique_in_its_organization
    unique nulls not distinct (organization_id, name),
  constraint workflow_name_is_not_empty check (length(name) between 1 and 200),
  constraint workflow_trigger_is_an_event_name check (workflow_engine.is_event_name(trigger)),
  constraint phase_is_known check (phase in ('before', 'now', 'after')),
  constraint interval_is_not_negative check ("interval" >= 0),
  constraint before_needs_a_time_to_come_before check (phase <> 'before' or relative_to is not null),
  constraint if_past_is_known check (if_past in ('auto', 'skip', 'run_now', 'run_if_within')),
  constraint run_if_within_names_its_minutes
    check ((if_past = 'run_if_within') = (if_past_within is not null)),
  constraint vars_are_an_object check (jsonb_typeof(vars) = 'object'),
  constraint workflow_priority_is_a_digit check (priority between 0 and 9)
);

create index workflow_trigger_idx on public.workflow (trigger) where is_active;

comment on table public.workflow is 'A workflow definition: what starts it and when.';
comment on column public.workflow.organization_id is
  'The tenant it belongs to; null is the platform''s own, which every organization''s events may start.';
comment on column public.workflow.trigger is
  'The name of the event that starts it, such as public.profiles.insert or order.paid.';
comment on column public.workflow.phase is
  'When a run begins: now, after or before the time of the event (or of relative_to).';
comment on column public.workflow."interval" is 'Minutes before or after.';
comment on column public.workflow.relative_to is
  'An SQL/JSON path to the time that phase and interval count from; the event''s own time without it.';
comment on column public.workflow.timezone is
  'The IANA time zone in which the interval is counted and in which a time without a zone is read.';
comment on column public.workflow.if_past is
  'What happens when the time is past already: skip, run_now, run_if_within (if_past_within minutes); auto skips for phase before and runs otherwise.';
comment on column public.workflow.condition is
  'An SQL/JSON path predicate over the event; without a true result no run begins.';
comment on column public.workflow.vars is
  'Constants of the workflow; expressions read them as $.vars.';
comment on column public.workflow.priority is '0 is the most urgent, 9 the least.';
comment on column public.workflow.version is 'The version that new runs get; the engine counts it.';
