-- The workflow engine.
-- Written by `deno task migration` from supabase/schemas: edit there, then run it again.


-- 00_foundation/schemas.sql

-- Two schemas: `public` holds what applications see, `workflow_engine` everything internal. The
-- Data API does not expose the second one, and no API role may use it.
create schema if not exists workflow_engine;

comment on schema workflow_engine is
  'The internals of the workflow engine. No API role reaches it; applications use the tables and functions in public.';

create schema if not exists extensions;


-- 00_foundation/extensions.sql

-- What the engine stands on. All of them come with a Supabase project. pg_net puts what it has into
-- schema net; it is itself listed in extensions, because Supabase's security advisor warns of public.
create extension if not exists pgcrypto with schema extensions;

create extension if not exists pg_net with schema extensions;

create extension if not exists supabase_vault;

create extension if not exists pg_cron;


-- 00_foundation/clock.sql

-- The clock that may travel: due times, plans, schedules and retention are read from it. Leases,
-- wake-ups and signatures use clock_timestamp(), which never travels. The local stack replaces this
-- body by one that adds an offset; production has no such row.
-- No `set` clause: it would prevent inlining, and the SQL-standard body binds its names already.
create or replace function workflow_engine.clock()
returns timestamptz
language sql
volatile
return clock_timestamp();

comment on function workflow_engine.clock() is
  'The engine''s time for everything that is due. Tests and demos may let it travel.';


-- 00_foundation/new_id.sql

-- UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, the version, 12 bits of the
-- millisecond's fraction (section 6.2, method 3), then random bits, so that ids sort by time. A random
-- UUIDv4 lends its variant and its randomness. The fraction makes ids of one statement ascend, so that
-- its index entries go to the rightmost page (6 against 3 microseconds a row). The clock is read once:
-- microseconds times 4096 / 1000 are the milliseconds and, below them, the twelve bits.
-- No `set` clause: it would prevent inlining, and the SQL-standard body binds its names already.
create or replace function workflow_engine.new_id()
returns uuid
language sql
volatile
return (
  overlay(
    lpad(to_hex((extract(epoch from clock_timestamp()) * 1000000)::bigint * 512 / 125), 15, '0') placing '7' from 13 for 0
  )
  || substr(gen_random_uuid()::text, 19)
)::uuid;

comment on function workflow_engine.new_id() is
  'A new UUIDv7 (RFC 9562): ids that sort by the time of their creation.';


-- 00_foundation/raise_error.sql

-- Every error that a client must tell apart leaves through here. PostgREST turns SQLSTATE PTnnn into
-- HTTP status nnn; `details` carries a stable key that docs/reference/errors.md explains.
create or replace function workflow_engine.raise_error(
  code text,
  key text,
  message text,
  hint text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = raise_error.code,
    message = raise_error.message,
    detail = raise_error.key,
    hint = raise_error.hint;
end;
$$;

comment on function workflow_engine.raise_error(text, text, text, text) is
  'Raises an error for the Data API: SQLSTATE PTnnn, a sentence, a stable key in details, and a hint that says what to do.';


-- 00_foundation/actor.sql

-- Who is at work, for the audit trail: the person whom the token names, else its role, else the database role.
-- Supabase writes an empty e-mail into the token of a person who signed in by phone.
create or replace function workflow_engine.actor()
returns text
language sql
stable
return coalesce(
  nullif(auth.jwt() ->> 'email', ''), nullif(auth.jwt() ->> 'phone', ''), nullif(auth.jwt() ->> 'sub', ''),
  nullif(auth.jwt() ->> 'role', ''), session_user::text
);

comment on function workflow_engine.actor() is
  'Who is at work: the token''s e-mail, phone, subject or role, else the database role of the session.';

-- Whom a caller names as the one at work; an empty name is none.
create or replace function workflow_engine.named_actor(actor text)
returns text
language sql
stable
return coalesce(nullif(actor, ''), workflow_engine.actor());

comment on function workflow_engine.named_actor(text) is
  'The actor that a caller names, else who is at work.';


-- 00_foundation/settings.sql

-- What an operator may tune, one row. Read it with `select * from workflow_engine.settings`.
create table workflow_engine.settings (
  id boolean not null default true,
  lease_grace interval not null default '30 seconds',
  events_per_batch integer not null default 1000,
  batch_bytes integer not null default 4194304,
  output_bytes integer not null default 262144,
  fan_out_output_bytes integer not null default 16777216,
  costly_expression_bytes integer not null default 16384,
  waiting_timeout interval not null default '7 days',
  actions_per_worker integer not null default 500,
  max_workers integer not null default 4,
  max_depth integer not null default 10,
  max_runs_per_record integer not null default 60,
  look_back interval not null default '30 days',
  allowed_hosts text[] not null default '{}',
  constraint settings_pkey primary key (id),
  constraint settings_has_one_row check (id),
  constraint lease_grace_is_positive check (lease_grace > interval '0'),
  constraint events_per_batch_is_positive check (events_per_batch > 0),
  constraint batch_bytes_is_positive check (batch_bytes > 0),
  constraint output_bytes_is_positive check (output_bytes > 0),
  constraint fan_out_output_bytes_is_at_most_32_mb check (fan_out_output_bytes between 1 and 33554432),
  constraint costly_expression_bytes_is_positive check (costly_expression_bytes > 0),
  constraint waiting_timeout_is_positive check (waiting_timeout > interval '0'),
  constraint actions_per_worker_is_positive check (actions_per_worker > 0),
  constraint max_workers_is_positive check (max_workers > 0),
  constraint max_depth_is_not_negative check (max_depth >= 0),
  constraint max_runs_per_record_is_positive check (max_runs_per_record > 0),
  constraint look_back_is_positive check (look_back > interval '0')
);

insert into workflow_engine.settings default values;

comment on table workflow_engine.settings is 'What an operator may tune: exactly one row.';
comment on column workflow_engine.settings.lease_grace is
  'How long a lease outlives the attempt it covers.';
comment on column workflow_engine.settings.events_per_batch is
  'How many events one call matches with definitions.';
comment on column workflow_engine.settings.batch_bytes is
  'The size in bytes at which a batch of claims ends.';
comment on column workflow_engine.settings.output_bytes is
  'The largest output in bytes of JSON that an action may report.';
comment on column workflow_engine.settings.fan_out_output_bytes is
  'The largest output in bytes of JSON that the items of a fan-out may make together.';
comment on column workflow_engine.settings.costly_expression_bytes is
  'The largest data in bytes that an expression with two wildcards may look at.';
comment on column workflow_engine.settings.waiting_timeout is
  'How long an action waits for its answer when it names no timeout.';
comment on column workflow_engine.settings.actions_per_worker is
  'How many due actions justify one more worker when the tick rings.';
comment on column workflow_engine.settings.max_workers is
  'How many workers one tick wakes at most.';
comment on column workflow_engine.settings.max_depth is
  'How many runs may stand above one that an action starts.';
comment on column workflow_engine.settings.max_runs_per_record is
  'How many runs of a workflow one record may begin in a minute; more of them wait a minute.';
comment on column workflow_engine.settings.look_back is
  'How long an event is kept for those that may wait for it later.';
comment on column workflow_engine.settings.allowed_hosts is
  'Hosts (host or host:port) that actions may call although they are private or speak plain http.';


-- 10_definitions/is_event_name.sql

-- What may be the name of an event, wherever one is given: of triggers, waits, signals and emits. No `set` clause,
-- so that it is inlined.
create or replace function workflow_engine.is_event_name(name text)
returns boolean
language sql
immutable
return name ~ '^[^\s[:cntrl:]]([^[:cntrl:]]{0,253}[^\s[:cntrl:]])?$';

comment on function workflow_engine.is_event_name(text) is
  'Whether a text may be the name of an event: 1 to 255 characters, no control characters, no space at its ends.';

-- Refuses what somebody tells the engine that is no event.
create or replace function workflow_engine.check_event(verb text, name text, payload jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if workflow_engine.is_event_name(check_event.name) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'event.invalid',
      format('Cannot %s "%s": that is not the name of an event', check_event.verb, left(check_event.name, 300)),
      'Pass a name such as order.paid: 1 to 255 characters, no control characters, no space at its ends.'
    );
  elsif jsonb_typeof(check_event.payload) is distinct from 'object' then
    perform workflow_engine.raise_error(
      'PT422', 'event.invalid',
      format('Cannot %s "%s": its payload is a JSON %s, not an object', check_event.verb, check_event.name,
        coalesce(jsonb_typeof(check_event.payload), 'null')),
      'Pass a JSON object.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_event(text, text, jsonb) is
  'Raises PT422 for a name or a payload that no event can have.';


-- 10_definitions/workflow.sql

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


-- 10_definitions/workflow_action.sql

-- An action of a definition: a node of its graph. depends_on names what it follows; without it, an
-- action follows those of the next lower "order", and equal orders run side by side.
create table public.workflow_action (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  workflow_id uuid not null,
  "order" integer not null default 1,
  name text not null,
  action_type text not null,
  target_endpoint text,
  headers jsonb not null default '{}',
  payload jsonb not null default '{}',
  depends_on text[],
  join_count integer,
  run_if text not null default 'success',
  condition text,
  for_each text,
  max_concurrency integer not null default 10,
  tolerated_failure_count integer not null default 0,
  tolerated_failure_percentage numeric not null default 0,
  continue_on_failure boolean not null default false,
  compensate_with text,
  delay interval not null default '0',
  timeout_seconds integer not null default 60,
  max_retries integer not null default 5,
  backoff_base interval not null default '1 minute',
  backoff_factor numeric not null default 2,
  backoff_cap interval not null default '1 day',
  priority smallint,
  created_at timestamptz not null default workflow_engine.clock(),
  updated_at timestamptz not null default workflow_engine.clock(),
  constraint workflow_action_pkey primary key (id),
  constraint workflow_action_belongs_to_a_workflow
    foreign key (workflow_id) references public.workflow (id) on delete cascade,
  constraint workflow_action_name_is_unique_in_its_workflow unique (workflow_id, name),
  constraint workflow_action_name_is_a_word check (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,62}$'),
  constraint action_type_is_a_word check (action_type ~ '^[A-Za-z_][A-Za-z0-9_.-]{0,62}$'),
  constraint headers_are_an_object check (jsonb_typeof(headers) = 'object'),
  constraint run_if_is_known check (run_if in ('success', 'failure', 'always')),
  constraint join_count_is_positive check (join_count > 0),
  constraint a_join_counts_successes check (join_count is null or run_if = 'success'),
  constraint max_concurrency_is_positive check (max_concurrency > 0),
  constraint tolerated_failure_count_is_not_negative check (tolerated_failure_count >= 0),
  constraint tolerated_failure_percentage_is_a_percentage
    check (tolerated_failure_percentage between 0 and 100),
  constraint payload_is_an_object check (jsonb_typeof(payload) = 'object'),
  constraint delay_is_between_0_and_10_years check (delay between interval '0' and interval '10 years'),
  constraint timeout_is_between_1_second_and_1_day check (timeout_seconds between 1 and 86400),
  constraint max_retries_is_between_0_and_100 check (max_retries between 0 and 100),
  constraint backoff_base_is_between_0_and_10_years
    check (backoff_base between interval '0' and interval '10 years'),
  constraint backoff_factor_is_between_1_and_10 check (backoff_factor between 1 and 10),
  constraint backoff_cap_is_between_0_and_10_years
    check (backoff_cap between interval '0' and interval '10 years'),
  constraint workflow_action_priority_is_a_digit check (priority between 0 and 9)
);

comment on table public.workflow_action is 'An action (step) of a workflow definition.';
comment on column public.workflow_action."order" is
  'Lower orders run first; an order begins when the one before it has ended; equal orders run side by side.';
comment on column public.workflow_action.name is
  'A word, unique in its workflow; later actions read $.actions.<name>.output. The action type when left out.';
comment on column public.workflow_action.action_type is
  'Which handler runs it: send_email, http_request, webhook, log, choice, or one of your own.';
comment on column public.workflow_action.target_endpoint is
  'Where set, the application at this URL runs the action; a relative URL is taken from Vault''s APP_URL.';
comment on column public.workflow_action.payload is
  'The input, a template: "Hello {{ $.record.name | default: ''you'' }}".';
comment on column public.workflow_action.headers is
  'Headers of the call to target_endpoint, a template.';
comment on column public.workflow_action.depends_on is
  'The names of the actions it follows; {} for none; null for those of the next lower order.';
comment on column public.workflow_action.join_count is
  'How many of depends_on must have completed: all when null, 1 for any. The rest is stopped.';
comment on column public.workflow_action.run_if is
  'What the actions it follows must have come to: success (none failed), failure (one did), always.';
comment on column public.workflow_action.for_each is
  'An SQL/JSON path to an array: the action runs once for each item, which it reads as $.item.';
comment on column public.workflow_action.max_concurrency is 'How many items run at once.';
comment on column public.workflow_action.tolerated_failure_count is
  'How many items may fail before the action does.';
comment on column public.workflow_action.tolerated_failure_percentage is
  'What share of the items, in percent, may fail before the action does; the larger of both counts.';
comment on column public.workflow_action.continue_on_failure is
  'Whether the run goes on, and may complete, when this action fails.';
comment on column public.workflow_action.compensate_with is
  'The name of the action that undoes this one when the run fails; that one runs for nothing else.';
comment on column public.workflow_action.condition is
  'An SQL/JSON path predicate, evaluated when the action is due, with the current record; not true means skipped.';
comment on column public.workflow_action.delay is 'How long after it became ready the action is due.';
comment on column public.workflow_action.timeout_seconds is 'How many seconds one attempt may take.';
comment on column public.workflow_action.max_retries is 'How many retries follow a failed first attempt.';
comment on column public.workflow_action.backoff_base is
  'Retry n waits backoff_base * backoff_factor ^ n, up to backoff_cap, plus up to a tenth of jitter.';
comment on column public.workflow_action.priority is
  '0 is the most urgent, 9 the least; the workflow''s own when left out.';


-- 10_definitions/versions.sql

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


-- 10_definitions/check_path.sql

-- The text of a path without the content of its string literals, so that what is searched for in
-- it is syntax and never data. Works on the canonical text that Postgres prints.
create or replace function workflow_engine.path_syntax(path jsonpath)
returns text
language sql
immutable
return regexp_replace(path::text, '"([^"\\]|\\.)*"', '""', 'g');

comment on function workflow_engine.path_syntax(jsonpath) is
  'A path''s canonical text with empty string literals: only its syntax.';

-- How often a path fans out: its cost grows with the size of its data to this power.
create or replace function workflow_engine.count_wildcards(path jsonpath)
returns integer
language sql
immutable
return (
  select count(*)::integer
  from regexp_matches(
    workflow_engine.path_syntax(path),
    '\[[^]]*(\*| to )[^]]*\]|\.\*|\.keyvalue\(\)',
    'g'
  )
);

comment on function workflow_engine.count_wildcards(jsonpath) is
  'How many wildcards ([*], .*, ranges, keyvalue()) a path has.';

-- Which part of the data a path reads: one of event, record, actions, the rest (vars, item, run, now),
-- or, when it is not one alone, mixed.
create or replace function workflow_engine.path_root(path jsonpath)
returns text
language sql
immutable
strict
set search_path = ''
as $$
  select case when count(*) = 1 then min(r.part) else 'mixed' end
  from (
    select distinct case
      when m[1] in ('event', 'record', 'actions') then m[1]
      when m[1] is null then 'mixed'
      else 'rest'
    end as part
    from regexp_matches(path_root.path::text, '\$(?:\."([^"]*)")?', 'g') m
  ) r;
$$;

comment on function workflow_engine.path_root(jsonpath) is
  'Which part of the data a path reads.';

-- Whether a path reads a part of the data: by name, or because it reads the whole root.
create or replace function workflow_engine.reads_part(path jsonpath, part text)
returns boolean
language sql
immutable
return position('$."' || part || '"' in path::text) > 0 or workflow_engine.path_syntax(path) ~ '\$(?!\.")';

comment on function workflow_engine.reads_part(jsonpath, text) is
  'Whether a path reads $.event, $.record, $.actions or another part of the data.';

-- Whether a filter stands inside another filter: each step into one opens a parenthesis that only
-- its own end closes.
create or replace function workflow_engine.has_nested_filter(syntax text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_token text;
  v_depth integer := 0;
  v_filter_depth integer;
begin
  for v_token in select m[1] from regexp_matches(has_nested_filter.syntax, '(\?\s*\(|\(|\))', 'g') m
  loop
    if v_token like '?%' and v_filter_depth is not null then
      return true;
    end if;
    if v_token = ')' then
      v_depth := v_depth - 1;
      v_filter_depth := nullif(v_filter_depth, v_depth + 1);
    else
      v_depth := v_depth + 1;
      if v_token like '?%' then
        v_filter_depth := v_depth;
      end if;
    end if;
  end loop;
  return false;
end;
$$;

comment on function workflow_engine.has_nested_filter(text) is
  'Whether a path''s syntax has a filter inside a filter.';

-- The first thing in a parsed path that the engine does not allow, as a sentence; null when all is
-- well. Definitions come from tenants: what is refused here either does not exist on every supported
-- Postgres or can be made slow on purpose.
create or replace function workflow_engine.find_path_fault(path jsonpath)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_syntax text := workflow_engine.path_syntax(find_path_fault.path);
  v_token text;
begin
  if position('**' in v_syntax) > 0 then
    return 'The token "**" is not allowed; name the keys on the way';
  end if;
  v_token := substring(v_syntax from '\.(bigint|boolean|date|decimal|integer|number|string|time|time_tz|timestamp|timestamp_tz)\(');
  if v_token is not null then
    return format('The method ".%s()" does not exist in Postgres 15; use .datetime(), .double() or a template filter', v_token);
  end if;
  if v_syntax ~ '\$""' then
    return 'A variable such as "$name" is not known; the data is below "$.", for example $.now';
  end if;
  if workflow_engine.count_wildcards(find_path_fault.path) > 2 then
    return 'It has more than two wildcards';
  end if;
  if workflow_engine.has_nested_filter(v_syntax) then
    return 'A filter inside a filter is not allowed';
  end if;
  select m[1] into v_token
  from regexp_matches(find_path_fault.path::text, 'like_regex "((?:[^"\\]|\\.)*)"', 'g') m
  where m[1] ~ '[(){}]|\\\\[0-9]';
  if v_token is not null then
    return format('The pattern "%s" of like_regex has a group, a counted repetition or a back-reference', v_token);
  end if;
  -- A template of datetime() is read when it runs, and a bad one raises there in spite of `silent`.
  perform jsonb_path_query_tz('""', format('$.datetime(%s)', m[1])::jsonpath, '{}', true)
  from regexp_matches(find_path_fault.path::text, '\.datetime\(("(?:[^"\\]|\\.)*")\)', 'g') m;
  select m[1] into v_token
  from regexp_matches(find_path_fault.path::text, '\$\."((?:[^"\\]|\\.)*)"|"(?:[^"\\]|\\.)*"', 'g') m
  where m[1] not in ('event', 'record', 'actions', 'run', 'vars', 'item', 'now');
  if v_token is not null then
    return format('The root "$.%s" does not exist; expected one of $.event, $.record, $.actions, $.run, $.vars, $.item, $.now', v_token);
  end if;
  return null;
end;
$$;

comment on function workflow_engine.find_path_fault(jsonpath) is
  'What the engine does not allow in a path, as a sentence, or null.';

-- Parses an expression when a definition is saved, or says what is wrong, where, and what to do.
create or replace function workflow_engine.check_path(expression text, field text)
returns jsonpath
language plpgsql
stable
set search_path = ''
as $$
declare
  v_path jsonpath;
  v_fault text;
begin
  if check_path.expression is null then
    return null;
  end if;
  if length(check_path.expression) > 500 then
    v_fault := format('It has %s characters, more than 500', length(check_path.expression));
  else
    begin
      v_path := check_path.expression::jsonpath;
      v_fault := workflow_engine.find_path_fault(v_path);
    exception
      when others then
        v_fault := upper(left(sqlerrm, 1)) || substr(sqlerrm, 2);
    end;
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT422', 'definition.expression_invalid',
      format('Cannot save %s: the expression "%s" is invalid. %s', check_path.field,
        left(check_path.expression, 500), v_fault),
      'Expressions are SQL/JSON paths of Postgres 15, such as $.event.record.status == "paid".'
    );
  end if;
  return v_path;
end;
$$;

comment on function workflow_engine.check_path(text, text) is
  'Parses an expression of a definition; raises PT422 naming the field, the expression and the token.';

-- A condition must be a predicate: on an empty document a predicate is true, false or unknown, and
-- anything else finds no single boolean there.
create or replace function workflow_engine.check_condition(expression text, field text)
returns jsonpath
language plpgsql
stable
set search_path = ''
as $$
declare
  v_path jsonpath := workflow_engine.check_path(check_condition.expression, check_condition.field);
  v_is_predicate boolean := true;
begin
  begin
    perform jsonb_path_match_tz('{}', v_path);
  exception
    when others then
      v_is_predicate := false;
  end;
  if not v_is_predicate then
    perform workflow_engine.raise_error(
      'PT422', 'definition.condition_is_no_predicate',
      format('Cannot save %s: "%s" is not a predicate', check_condition.field, check_condition.expression),
      'Compare something ($.record.active == true), or write exists(…) around a filter.'
    );
  end if;
  return v_path;
end;
$$;

comment on function workflow_engine.check_condition(text, text) is
  'Parses a condition; raises PT422 when it is not a predicate.';


-- 10_definitions/check_url.sql

-- Whether a host may be called from an action: a public name, or what the operator allowed. Address
-- literals in any notation (decimal, hex, octal, IPv6) and single-label, .local and .internal names
-- are refused. The worker checks again when it calls, then with the addresses the name has.
create or replace function workflow_engine.is_public_host(host text)
returns boolean
language sql
immutable
return lower(host) ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+\.?$'
  and lower(host) !~ '(\.|^)(localhost|local|internal|localdomain|home\.arpa)\.?$'
  and lower(host) !~ '(\.|^)(0x[0-9a-f]*|[0-9]+)\.?$';

comment on function workflow_engine.is_public_host(text) is
  'Whether a host is a public name and no address literal or private name.';

create or replace function workflow_engine.check_url(url text, field text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_parts text[] := regexp_match(check_url.url, '^(https?)://([^/?#:@\s\\]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?([/?#][^\s]*)?$', 'i');
  v_fault text;
begin
  if v_parts is null then
    v_fault := 'It is not an absolute http(s) URL without credentials';
  elsif exists (
    select from workflow_engine.settings s
    where lower(v_parts[2]) = any (s.allowed_hosts)
      or lower(v_parts[2] || coalesce(v_parts[3], '')) = any (s.allowed_hosts)
  ) then
    return;
  elsif lower(v_parts[1]) <> 'https' then
    v_fault := 'It must begin with https://';
  elsif not workflow_engine.is_public_host(v_parts[2]) then
    v_fault := format('The host "%s" is private or an address', v_parts[2]);
  else
    return;
  end if;
  perform workflow_engine.raise_error(
    'PT422', 'definition.url_refused',
    format('Cannot save %s: the URL "%s" is refused. %s', check_url.field, left(check_url.url, 300), v_fault),
    'Use a public https URL, or let the operator add the host to workflow_engine.settings.allowed_hosts.'
  );
end;
$$;

comment on function workflow_engine.check_url(text, text) is
  'Raises PT422 for a URL that an action must not call.';


-- 10_definitions/compile_template.sql

-- One `| name: arguments` of a placeholder as {"name", "arguments"}.
create or replace function workflow_engine.compile_filter(filter text, field text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_argument constant text := '''((?:[^''\\]|\\.)*)''|"((?:[^"\\]|\\.)*)"|(-?[0-9]+(?:\.[0-9]+)?)';
  v_parts text[] := regexp_match(compile_filter.filter, '^\s*([a-z]+)\s*(?::\s*(.*?))?\s*$');
  v_arguments jsonb;
begin
  if v_parts is null or v_parts[1] not in ('default', 'required', 'date', 'number', 'upper', 'lower', 'join', 'json') then
    perform workflow_engine.raise_error(
      'PT422', 'definition.filter_unknown',
      format('Cannot save %s: the filter "%s" is not known', compile_filter.field, trim(compile_filter.filter)),
      'Known filters: default, required, date, number, upper, lower, join, json.'
    );
  end if;
  if coalesce(v_parts[2], '') !~ ('^(?:(?:' || v_argument || ')\s*(?:,\s*(?!$)|$))*$') then
    perform workflow_engine.raise_error(
      'PT422', 'definition.filter_arguments_invalid',
      format('Cannot save %s: cannot read the arguments "%s" of the filter "%s"', compile_filter.field, v_parts[2], v_parts[1]),
      'Arguments are quoted texts or numbers, separated by commas.'
    );
  end if;
  select coalesce(
    jsonb_agg(
      case
        when m[3] is not null then m[3]::jsonb
        else to_jsonb(regexp_replace(coalesce(m[1], m[2]), '\\(.)', '\1', 'g'))
      end
      order by ordinality
    ), '[]')
  into v_arguments
  from regexp_matches(v_parts[2], v_argument, 'g') with ordinality as t (m, ordinality);
  return jsonb_build_object('name', v_parts[1], 'arguments', v_arguments);
end;
$$;

comment on function workflow_engine.compile_filter(text, text) is
  'Compiles one filter of a placeholder; raises PT422 for an unknown one.';

-- The inside of {{ … }} at its single bars: the path, then the filters. A bar in quotes does not separate,
-- and a double bar is the path's own "or". What cannot be read is missing from the parts.
create or replace function workflow_engine.split_placeholder(placeholder text)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select array(
    select m[1]
    from regexp_matches(
      split_placeholder.placeholder,
      '((?:[^|"'']|\|\||"(?:[^"\\]|\\.)*"|''(?:[^''\\]|\\.)*'')+)', 'g'
    ) m
  );
$$;

comment on function workflow_engine.split_placeholder(text) is
  'The path and the filters of a placeholder.';

-- `$.record.name | default: 'you'` as {"path", "filters", "required", "takes_all"}.
create or replace function workflow_engine.compile_placeholder(placeholder text, field text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_parts text[] := workflow_engine.split_placeholder(compile_placeholder.placeholder);
  v_path jsonpath;
  v_filters jsonb;
begin
  if array_to_string(v_parts, '|') <> compile_placeholder.placeholder then
    perform workflow_engine.raise_error(
      'PT422', 'definition.placeholder_invalid',
      format('Cannot save %s: cannot read the placeholder "{{%s}}"', compile_placeholder.field, compile_placeholder.placeholder),
      'Close every quote, and write a filter after each single bar.'
    );
  end if;
  v_path := workflow_engine.check_path(coalesce(trim(v_parts[1]), ''), compile_placeholder.field);
  select coalesce(jsonb_agg(workflow_engine.compile_filter(p.part, compile_placeholder.field) order by p.ordinality), '[]')
  into v_filters
  from unnest(v_parts[2:]) with ordinality p (part, ordinality);
  return jsonb_build_object(
    'path', trim(v_parts[1]),
    'filters', jsonb_path_query_array(v_filters, '$[*] ? (@.name != "required")'),
    'required', jsonb_path_exists(v_filters, '$[*] ? (@.name == "required")'),
    'takes_all', workflow_engine.count_wildcards(v_path) > 0
  );
end;
$$;

comment on function workflow_engine.compile_placeholder(text, text) is
  'Compiles the inside of {{ … }} into a typed hole.';

-- A text into {"$template": [literal | index of a hole, …]}; its holes are appended to `holes`.
create or replace function workflow_engine.compile_text(content text, field text, inout holes jsonb, out compiled jsonb)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_rest text := compile_text.content;
  v_start integer;
  v_end integer;
  v_parts jsonb := jsonb '[]';
begin
  loop
    v_start := position('{{' in v_rest);
    exit when v_start = 0;
    v_end := position('}}' in substr(v_rest, v_start));
    if v_end = 0 then
      perform workflow_engine.raise_error(
        'PT422', 'definition.placeholder_unclosed',
        format('Cannot save %s: "%s" opens a placeholder that is never closed', compile_text.field, left(substr(v_rest, v_start), 100)),
        'Write }} after the expression.'
      );
    end if;
    if v_start > 1 then
      v_parts := v_parts || to_jsonb(left(v_rest, v_start - 1));
    end if;
    v_parts := v_parts || to_jsonb(jsonb_array_length(holes));
    holes := holes || workflow_engine.compile_placeholder(substr(v_rest, v_start + 2, v_end - 3), compile_text.field);
    v_rest := substr(v_rest, v_start + v_end + 1);
  end loop;
  if v_rest <> '' and v_parts <> '[]' then
    v_parts := v_parts || to_jsonb(v_rest);
  end if;
  compiled := case when v_parts = '[]' then to_jsonb(compile_text.content) else jsonb_build_object('$template', v_parts) end;
end;
$$;

comment on function workflow_engine.compile_text(text, text, jsonb) is
  'Compiles a text with placeholders into literals and holes.';

-- Refuses a reference to a secret that a worker would refuse: it must be a name and nothing else, written
-- in the definition, and none of the engine's own keys.
create or replace function workflow_engine.check_secret(reference jsonb, field text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if (check_secret.reference - '$secret' = '{}' and check_secret.reference ->> '$secret' ~ '^[A-Za-z_][A-Za-z0-9_]*$') is not true then
    perform workflow_engine.raise_error(
      'PT422', 'definition.secret_invalid',
      format('Cannot save %s: a secret is {"$secret": "NAME"} and nothing else', check_secret.field),
      'Name a secret of the function with letters, digits and underscores.'
    );
  end if;
  if check_secret.reference ->> '$secret' ~* '^(SUPABASE|WORKFLOW)_' then
    perform workflow_engine.raise_error(
      'PT422', 'definition.secret_reserved',
      format('Cannot save %s: the secret "%s" is the engine''s own', check_secret.field, check_secret.reference ->> '$secret'),
      'Give your secret a name that begins neither with SUPABASE_ nor with WORKFLOW_.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_secret(jsonb, text) is
  'Raises PT422 for what is no reference to a secret, or to one of the engine''s own.';

-- Walks a template and compiles each text in it. `field` grows into a JSON pointer for errors.
create or replace function workflow_engine.compile_template(value jsonb, field text, inout holes jsonb, out compiled jsonb)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_item record;
  v_compiled jsonb;
begin
  case jsonb_typeof(compile_template.value)
    when 'string' then
      select t.holes, t.compiled into holes, compiled
      from workflow_engine.compile_text(compile_template.value #>> '{}', compile_template.field, holes) t;
    when 'object' then
      if compile_template.value ? '$template' then
        perform workflow_engine.raise_error(
          'PT422', 'definition.key_reserved',
          format('Cannot save %s: the key "$template" is the engine''s own', compile_template.field),
          'Choose another key.'
        );
      end if;
      if compile_template.value ? '$secret' then
        perform workflow_engine.check_secret(compile_template.value, compile_template.field);
      end if;
      compiled := '{}';
      for v_item in select e.key, e.value from jsonb_each(compile_template.value) e loop
        select t.holes, t.compiled into holes, v_compiled
        from workflow_engine.compile_template(
          v_item.value,
          compile_template.field || '/' || replace(replace(v_item.key, '~', '~0'), '/', '~1'),
          holes
        ) t;
        compiled := compiled || jsonb_build_object(v_item.key, v_compiled);
      end loop;
    when 'array' then
      compiled := '[]';
      for v_item in select e.value, e.ordinality from jsonb_array_elements(compile_template.value) with ordinality e loop
        select t.holes, t.compiled into holes, v_compiled
        from workflow_engine.compile_template(v_item.value, compile_template.field || '/' || (v_item.ordinality - 1), holes) t;
        compiled := compiled || jsonb_build_array(v_compiled);
      end loop;
    else
      compiled := compile_template.value;
  end case;
end;
$$;

comment on function workflow_engine.compile_template(jsonb, text, jsonb) is
  'Compiles a JSON template: texts with placeholders become {"$template": […]}, all else stays.';


-- 10_definitions/graph.sql

-- The rules of a choice's payload, {"choices": [{"if", "then": name or [names]}], "else": name or [names]},
-- in order: the else is the rule without a condition, and the last. `place` is where its targets stand.
create or replace function workflow_engine.read_rules(payload jsonb)
returns table (number bigint, condition text, targets text[], place text)
language sql
immutable
set search_path = ''
as $$
  select r.number, r.rule ->> 'if', array(
    select jsonb_array_elements_text(case jsonb_typeof(r.rule -> 'then') when 'array' then r.rule -> 'then' else jsonb_build_array(r.rule -> 'then') end)
  ), r.place
  from (
    select c.number, c.rule, format('choices/%s/then', c.number - 1) as place
    from jsonb_array_elements(
      case jsonb_typeof(read_rules.payload -> 'choices') when 'array' then read_rules.payload -> 'choices' else '[]' end
    ) with ordinality c (rule, number)
    union all
    select 9223372036854775807, jsonb_build_object('then', read_rules.payload -> 'else'), 'else'
    where read_rules.payload ? 'else'
  ) r
  order by r.number;
$$;

comment on function workflow_engine.read_rules(jsonb) is
  'The rules of a choice in order, the else (without a condition) last.';

-- The actions of a workflow as one value, as the functions of its graph take them: a document that has not
-- been saved has a graph, too.
create or replace function workflow_engine.read_actions(workflow_id uuid)
returns public.workflow_action[]
language sql
stable
set search_path = ''
as $$
  select array(select a from public.workflow_action a where a.workflow_id = read_actions.workflow_id);
$$;

comment on function workflow_engine.read_actions(uuid) is
  'The actions of a workflow as one value.';

-- What each action follows, by name: what it says itself, else the next lower order, and in any case the
-- choice that names it. Compensations stand outside of the graph.
create or replace function workflow_engine.read_edges(actions public.workflow_action[])
returns table (name text, depends_on text)
language sql
stable
set search_path = ''
as $$
  with compensation as materialized (
    select c.compensate_with as name from unnest(read_edges.actions) c where c.compensate_with is not null
  ),
  action as materialized (
    select a.name, a.depends_on, a."order", a.name in (select c.name from compensation c) as is_compensation
    from unnest(read_edges.actions) a
  ),
  level as materialized (
    select o."order", lag(o."order") over (order by o."order") as previous
    from (select distinct a."order" from action a where not a.is_compensation) o
  )
  select a.name, d.name
  from action a
  cross join lateral unnest(a.depends_on) d (name)
  union
  select a.name, b.name
  from action a
  join level l on l."order" = a."order"
  join action b on b."order" = l.previous and not b.is_compensation
  where a.depends_on is null and not a.is_compensation
  union
  select t.name, c.name
  from unnest(read_edges.actions) c
  cross join lateral workflow_engine.read_rules(c.payload) r
  cross join lateral unnest(r.targets) t (name)
  where c.action_type = 'choice';
$$;

comment on function workflow_engine.read_edges(public.workflow_action[]) is
  'The edges of a graph by name: each action and one that it follows.';

-- The ways round in a graph, as a -> b -> a: as many as it takes to break them all, but no more than twenty.
-- Edges to what follows nothing are taken away until none is left or each leads on: then any way along them
-- comes back to itself. That takes the square of the edges at worst; to look along every way would take
-- their exponential. The last edge of a way that was found is taken away, too, and so on.
create or replace function workflow_engine.find_cycles(actions public.workflow_action[])
returns setof text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_names text[];
  v_followed text[];
  v_count integer;
  v_path text[];
  v_next text;
begin
  select array_agg(e.name order by e.name, e.depends_on), array_agg(e.depends_on order by e.name, e.depends_on)
  into v_names, v_followed
  from workflow_engine.read_edges(find_cycles.actions) e;
  for v_found in 1..20 loop
    loop
      v_count := cardinality(v_names);
      select array_agg(e.name order by e.number), array_agg(e.depends_on order by e.number)
      into v_names, v_followed
      from unnest(v_names, v_followed) with ordinality e (name, depends_on, number)
      where e.depends_on in (select unnest(v_names));
      if v_names is null then
        return;
      end if;
      exit when cardinality(v_names) = v_count;
    end loop;
    v_path := '{}';
    v_next := v_names[1];
    while v_next <> all (v_path) loop
      v_path := v_path || v_next;
      v_next := v_followed[array_position(v_names, v_next)];
    end loop;
    return next array_to_string(v_path[array_position(v_path, v_next):] || v_next, ' -> ');
    select array_agg(e.name order by e.number), array_agg(e.depends_on order by e.number)
    into v_names, v_followed
    from unnest(v_names, v_followed) with ordinality e (name, depends_on, number)
    where (e.name, e.depends_on) <> (v_path[cardinality(v_path)], v_next);
  end loop;
end;
$$;

comment on function workflow_engine.find_cycles(public.workflow_action[]) is
  'The cycles of a graph, each as a sentence of names.';

-- The names of other actions that stand in an action, with their place in it.
create or replace function workflow_engine.read_references(actions public.workflow_action[])
returns table (action text, field text, target text)
language sql
stable
set search_path = ''
as $$
  select a.name, 'depends_on', d.name
  from unnest(read_references.actions) a
  cross join lateral unnest(a.depends_on) d (name)
  union all
  select a.name, 'compensate_with', a.compensate_with
  from unnest(read_references.actions) a
  where a.compensate_with is not null
  union all
  select a.name, 'payload/' || r.place, t.name
  from unnest(read_references.actions) a
  cross join lateral workflow_engine.read_rules(a.payload) r
  cross join lateral unnest(r.targets) t (name)
  where a.action_type = 'choice';
$$;

comment on function workflow_engine.read_references(public.workflow_action[]) is
  'The names of other actions that stand in an action, with their place in it.';

-- What is wrong with how actions undo each other. A compensation stands outside of the graph: it follows
-- nothing, nothing undoes it, and it undoes one action, so that it can be told which of them it has undone.
create or replace function workflow_engine.find_compensation_faults(actions public.workflow_action[])
returns table (action text, field text, fault text)
language sql
stable
set search_path = ''
as $$
  with compensation as (
    select c.*
    from unnest(find_compensation_faults.actions) c
    where exists (select from unnest(find_compensation_faults.actions) a where a.compensate_with = c.name)
  )
  select c.name, 'compensate_with', 'it undoes another action, so nothing can undo it'
  from compensation c
  where c.compensate_with is not null
  union all
  select c.name, 'depends_on', 'it undoes another action, so it follows nothing'
  from compensation c
  where c.depends_on <> '{}'
  union all
  select c.name, 'action_type', 'it undoes another action, so no branch follows its choice'
  from compensation c
  where c.action_type = 'choice'
  union all
  select a.name, 'compensate_with', format('"%s" undoes "%s"; each action needs a compensation of its own', a.compensate_with, a.first)
  from (
    select a.name, a.compensate_with, first_value(a.name) over (partition by a.compensate_with order by a."order", a.name) as first
    from unnest(find_compensation_faults.actions) a
    where a.compensate_with is not null
  ) a
  where a.name <> a.first;
$$;

comment on function workflow_engine.find_compensation_faults(public.workflow_action[]) is
  'What is wrong with how actions undo each other.';

-- What is wrong with a graph: the action, the place in it, and a sentence a row. Without an action, the
-- fault is the graph's.
create or replace function workflow_engine.find_graph_faults(actions public.workflow_action[])
returns table (action text, field text, fault text)
language sql
stable
set search_path = ''
as $$
  with action as (
    select * from unnest(find_graph_faults.actions)
  ),
  edge as materialized (
    select * from workflow_engine.read_edges(find_graph_faults.actions)
  ),
  reference as materialized (
    select * from workflow_engine.read_references(find_graph_faults.actions)
  )
  select r.action, r.field, format('it names "%s", which this workflow does not have', coalesce(r.target, 'null'))
  from reference r
  where not exists (select from action a where a.name = r.target)
  union all
  select r.action, r.field, format('it follows "%s", which only undoes another action', r.target)
  from reference r
  where r.field <> 'compensate_with' and exists (select from action c where c.compensate_with = r.target)
  union all
  select a.name, 'join_count', format('it waits for %s of the actions it follows, but follows %s', a.join_count, e.count)
  from action a
  cross join lateral (select count(*) from edge e where e.name = a.name) e
  where a.join_count > e.count
  union all
  select a.name, 'payload', 'a choice needs {"choices": [{"if", "then"}], "else"}'
  from action a
  cross join lateral (
    select count(r.condition) as conditions, count(*) - (a.payload ? 'else')::integer as rules
    from workflow_engine.read_rules(a.payload) r
  ) c
  where a.action_type = 'choice' and (c.rules = 0 or c.conditions < c.rules)
  union all
  select a.name, 'for_each', 'a choice is made once, not for each item'
  from action a
  where a.action_type = 'choice' and a.for_each is not null
  union all
  select a.name, 'run_if', 'it runs when what it follows fails, but follows nothing, so it is never reached'
  from action a
  where a.run_if = 'failure'
    and not exists (select from action c where c.compensate_with = a.name)
    and not exists (select from edge e where e.name = a.name)
  union all
  select * from workflow_engine.find_compensation_faults(find_graph_faults.actions)
  union all
  select null, 'actions', 'the actions wait for each other and are never reached: ' || c.path
  from workflow_engine.find_cycles(find_graph_faults.actions) c (path);
$$;

comment on function workflow_engine.find_graph_faults(public.workflow_action[]) is
  'What is wrong with a graph: unknown names, cycles, what can never be met or reached.';

-- Refuses a graph that could not run, naming the first fault.
create or replace function workflow_engine.check_graph(workflow_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault record;
begin
  select f.*, w.name as workflow
  into v_fault
  from public.workflow w
  cross join lateral workflow_engine.find_graph_faults(workflow_engine.read_actions(w.id)) f
  where w.id = check_graph.workflow_id
  limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT422', 'definition.graph_invalid',
      format('Cannot save %sworkflow "%s" at /%s: %s', 'action "' || v_fault.action || '" of ', v_fault.workflow, v_fault.field, v_fault.fault),
      'Insert actions that name each other in one statement, or save the whole definition with workflow_deploy.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_graph(uuid) is
  'Raises PT422 for a graph that could not run.';

-- The graph of a workflow by id, as a version keeps it.
create or replace function workflow_engine.resolve_graph(workflow_id uuid)
returns table (workflow_action_id uuid, depends_on uuid[], is_compensation boolean, compensate_with uuid, choices jsonb)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.* from public.workflow_action a where a.workflow_id = resolve_graph.workflow_id
  ),
  edge as materialized (
    select e.name, b.id from workflow_engine.read_edges(workflow_engine.read_actions(resolve_graph.workflow_id)) e join action b on b.name = e.depends_on
  )
  select
    a.id,
    array(select e.id from edge e where e.name = a.name order by e.id),
    exists (select from action c where c.compensate_with = a.name),
    (select c.id from action c where c.name = a.compensate_with),
    case when a.action_type = 'choice' then (
      select jsonb_agg(
        jsonb_build_object('condition', r.condition, 'targets', (
          select jsonb_agg(b.id) from action b where b.name = any (r.targets)
        ), 'names', r.targets)
        order by r.number
      )
      from workflow_engine.read_rules(a.payload) r
    ) end
  from action a;
$$;

comment on function workflow_engine.resolve_graph(uuid) is
  'The graph of a workflow by id: what each action follows, undoes and chooses.';


-- 10_definitions/check_wait.sql

-- The members that the payload of a waiting action may have, and what each must be: an interval, a time, a
-- length of at least a minute, a name (a text without placeholders), a text, an object, a boolean, one of some texts,
-- or addresses of mail. http_request has other members beside these, which its handler knows.
create or replace function workflow_engine.wait_fields(action_type text)
returns table (name text, kind text, is_required boolean)
language sql
immutable
set search_path = ''
as $$
  select f.name, f.kind, f.is_required
  from (values
    ('sleep', 'duration', 'interval', true),
    ('sleep_until', 'until', 'time', true),
    ('wait_for_event', 'event', 'name', true),
    ('wait_for_event', 'match', 'object', false),
    ('wait_for_event', 'timeout', 'interval', false),
    ('wait_for_event', 'look_back', 'interval', false),
    ('approval', 'message', 'text', true),
    ('approval', 'role', 'text', false),
    ('approval', 'details', 'object', false),
    ('approval', 'to', 'addresses', false),
    ('approval', 'from', 'address', false),
    ('approval', 'subject', 'text', false),
    ('approval', 'expires_in', 'interval', false),
    ('approval', 'remind_after', 'minutes', false),
    ('start_workflow', 'workflow', 'text', true),
    ('start_workflow', 'input', 'object', false),
    ('start_workflow', 'wait', 'boolean', false),
    ('start_workflow', 'on_failure', 'fail or continue', false),
    ('http_request', 'wait_for_callback', 'boolean', false),
    ('http_request', 'callback_timeout', 'interval', false)
  ) f (action_type, name, kind, is_required)
  where f.action_type = wait_fields.action_type;
$$;

comment on function workflow_engine.wait_fields(text) is
  'The members by which the payload of an action says that it waits; none for actions that do not.';

-- Whether a literal value is of that kind. What has placeholders, or is a secret, is known only when it is filled.
create or replace function workflow_engine.is_wait_value(kind text, value jsonb)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  v_text text := is_wait_value.value #>> '{}';
begin
  if (jsonb_typeof(is_wait_value.value) = 'string' and v_text ~ '\{\{')
    or (jsonb_typeof(is_wait_value.value) = 'object' and is_wait_value.value ? '$secret')
  then
    return is_wait_value.kind <> 'name';
  end if;
  return case is_wait_value.kind
    when 'minutes' then jsonb_typeof(is_wait_value.value) = 'string' and workflow_engine.to_duration(v_text) >= interval '1 minute'
    when 'interval' then jsonb_typeof(is_wait_value.value) = 'string' and workflow_engine.to_duration(v_text) is not null
    when 'time' then workflow_engine.to_instant(is_wait_value.value, 'UTC') is not null
    when 'name' then jsonb_typeof(is_wait_value.value) = 'string' and workflow_engine.is_event_name(v_text)
    when 'text' then jsonb_typeof(is_wait_value.value) = 'string' and v_text <> ''
    when 'fail or continue' then v_text in ('fail', 'continue')
    when 'address' then jsonb_typeof(is_wait_value.value) = 'string' and v_text ~ '@' and length(v_text) >= 3
    when 'addresses' then case jsonb_typeof(is_wait_value.value)
      when 'array' then is_wait_value.value <> '[]' and not exists (
        select from jsonb_array_elements(is_wait_value.value) e where not workflow_engine.is_wait_value('address', e)
      )
      else workflow_engine.is_wait_value('address', is_wait_value.value)
    end
    else jsonb_typeof(is_wait_value.value) = is_wait_value.kind
  end;
exception
  when data_exception then
    return false;
end;
$$;

comment on function workflow_engine.is_wait_value(text, jsonb) is
  'Whether a literal value of a waiting action''s payload is of that kind.';

-- Which member of a payload needs another one beside it that it lacks.
create or replace function workflow_engine.find_pair_faults(action_type text, payload jsonb)
returns table (name text, fault text)
language sql
immutable
set search_path = ''
as $$
  select 'from', 'the key "from" is missing beside "to"'
  where find_pair_faults.action_type = 'approval' and find_pair_faults.payload ? 'to' and not find_pair_faults.payload ? 'from'
  union all
  select 'callback_timeout', 'it takes "wait_for_callback": true beside it'
  where find_pair_faults.action_type = 'http_request' and find_pair_faults.payload ? 'callback_timeout'
    and coalesce(find_pair_faults.payload -> 'wait_for_callback', 'false') = 'false';
$$;

comment on function workflow_engine.find_pair_faults(text, jsonb) is
  'Members of a waiting action''s payload that lack another one beside them.';

-- What is wrong with the payload of a waiting action: the member, and a sentence.
create or replace function workflow_engine.find_wait_faults(action_type text, payload jsonb)
returns table (name text, fault text)
language sql
stable
set search_path = ''
as $$
  select p.key, format('the key "%s" is not known', p.key)
  from jsonb_object_keys(case jsonb_typeof(find_wait_faults.payload) when 'object' then find_wait_faults.payload else '{}' end) p (key)
  where find_wait_faults.action_type <> 'http_request'
    and exists (select from workflow_engine.wait_fields(find_wait_faults.action_type))
    and p.key not in (select f.name from workflow_engine.wait_fields(find_wait_faults.action_type) f)
  union all
  select f.name, format('the key "%s" is missing', f.name)
  from workflow_engine.wait_fields(find_wait_faults.action_type) f
  where f.is_required and not find_wait_faults.payload ? f.name
  union all
  select f.name, case f.kind
    when 'interval' then format('%s is no length of time such as "15 minutes" or "PT15M"', p.value)
    when 'minutes' then format('%s is no length of time of at least a minute such as "1 day"', p.value)
    when 'time' then format('%s is no time such as "2030-01-31T09:00:00+01:00"', p.value)
    when 'name' then format('%s is no event''s name; it cannot have placeholders', p.value)
    when 'address' then format('%s is no e-mail address', p.value)
    when 'addresses' then format('%s is no e-mail address, and no list of them', p.value)
    else format('%s is no %s', p.value, f.kind)
  end
  from workflow_engine.wait_fields(find_wait_faults.action_type) f
  cross join lateral (select find_wait_faults.payload -> f.name as value) p
  where p.value is not null and not workflow_engine.is_wait_value(f.kind, p.value)
  union all
  select f.* from workflow_engine.find_pair_faults(find_wait_faults.action_type, find_wait_faults.payload) f;
$$;

comment on function workflow_engine.find_wait_faults(text, jsonb) is
  'What is wrong with the payload of a waiting action.';

-- Refuses a waiting action whose payload could not work, naming the first fault. `place` says whose it is.
create or replace function workflow_engine.check_wait(action_type text, payload jsonb, place text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault record;
begin
  select * into v_fault from workflow_engine.find_wait_faults(check_wait.action_type, check_wait.payload) limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT422', 'definition.wait_invalid',
      format('Cannot save %s/payload/%s: %s', check_wait.place, v_fault.name, v_fault.fault),
      format('The keys by which %s waits: %s.', check_wait.action_type, (
        select string_agg(f.name, ', ') from workflow_engine.wait_fields(check_wait.action_type) f
      ))
    );
  end if;
end;
$$;

comment on function workflow_engine.check_wait(text, jsonb, text) is
  'Raises PT422 for a waiting action whose payload could not work.';


-- 10_definitions/check_workflow.sql

-- Checks a definition's expressions before the row is written, so that an error names the field and
-- nothing is half saved. The default zone is not looked up: that reads every zone's file, for 20 ms.
create or replace function workflow_engine.check_workflow()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform workflow_engine.check_condition(new.condition, format('workflow "%s" at /condition', new.name));
  perform workflow_engine.check_path(new.relative_to, format('workflow "%s" at /relative_to', new.name));
  if new.timezone <> 'UTC' and not exists (select from pg_catalog.pg_timezone_names z where z.name = new.timezone) then
    perform workflow_engine.raise_error(
      'PT422', 'definition.timezone_unknown',
      format('Cannot save workflow "%s" at /timezone: "%s" is not an IANA time zone', new.name, new.timezone),
      'Use a name such as Europe/Berlin or UTC.'
    );
  end if;
  new.updated_at := workflow_engine.clock();
  return new;
end;
$$;

comment on function workflow_engine.check_workflow() is
  'Security definer because the writer of a definition may not reach workflow_engine. Before a workflow is written: raises PT422 for what cannot be compiled.';

create or replace trigger check_workflow
  before insert or update of name, condition, relative_to, timezone on public.workflow
  for each row execute function workflow_engine.check_workflow();

-- Checks an action's expressions, templates and literal URLs, names it after its type when it has no
-- name, and gives it its workflow's organization.
create or replace function workflow_engine.check_workflow_action()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_where text;
begin
  new.name := coalesce(new.name, new.action_type);
  new.updated_at := workflow_engine.clock();
  select w.organization_id, format('action "%s" of workflow "%s" at ', new.name, w.name)
  into new.organization_id, v_where
  from public.workflow w
  where w.id = new.workflow_id;
  perform workflow_engine.check_condition(new.condition, v_where || '/condition');
  perform workflow_engine.check_path(new.for_each, v_where || '/for_each');
  if new.action_type = 'choice' then
    perform workflow_engine.check_condition(r.condition, v_where || '/payload/choices/' || (r.number - 1) || '/if')
    from workflow_engine.read_rules(new.payload) r;
  else
    perform workflow_engine.compile_template(
      jsonb_build_object('payload', new.payload, 'target_endpoint', new.target_endpoint, 'headers', new.headers), v_where, '[]'
    );
  end if;
  if new.target_endpoint is null then
    perform workflow_engine.check_wait(new.action_type, new.payload, v_where);
  end if;
  if new.target_endpoint !~ '\{\{' and new.target_endpoint !~ '^/[^/\\]' then
    perform workflow_engine.check_url(new.target_endpoint, v_where || '/target_endpoint');
  end if;
  if new.action_type = 'http_request' and new.target_endpoint is null and new.payload ->> 'url' !~ '\{\{' then
    perform workflow_engine.check_url(new.payload ->> 'url', v_where || '/payload/url');
  end if;
  return new;
end;
$$;

comment on function workflow_engine.check_workflow_action() is
  'Security definer because the writer of a definition may not reach workflow_engine. Before an action is written: raises PT422 for what cannot be compiled or must not be called.';

create or replace trigger check_workflow_action
  before insert or update on public.workflow_action
  for each row execute function workflow_engine.check_workflow_action();


-- 10_definitions/save_versions.sql

-- The default of each column of a table, evaluated.
create or replace function workflow_engine.column_defaults(table_name regclass)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_defaults text;
  v_result jsonb;
begin
  select string_agg(format('%s as %I', pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attname), ', ')
  into v_defaults
  from pg_catalog.pg_attrdef d
  join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where d.adrelid = column_defaults.table_name;
  execute format('select to_jsonb(d) from (select %s) d', v_defaults) into v_result;
  return v_result;
end;
$$;

comment on function workflow_engine.column_defaults(regclass) is
  'The default of each column of a table as {column: value}.';

-- A row as a document: without nulls, without what is the column's default anyway, and without these keys.
create or replace function workflow_engine.to_document(fields jsonb, defaults jsonb, without text[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(f.key, f.value), '{}')
  from jsonb_each(to_document.fields - to_document.without) f
  where f.value <> 'null' and f.value is distinct from to_document.defaults -> f.key;
$$;

comment on function workflow_engine.to_document(jsonb, jsonb, text[]) is
  'A row as a document, without nulls and defaults.';

-- A definition as its author wrote it: what workflow_deploy() takes. Equal documents are the same
-- version. Whether it is active is a switch beside it, not part of it.
create or replace function workflow_engine.definition_document(workflow_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with action_defaults as materialized (
    select workflow_engine.column_defaults('public.workflow_action') as defaults
  )
  select workflow_engine.to_document(
    to_jsonb(w), workflow_engine.column_defaults('public.workflow'),
    array['id', 'version', 'is_active', 'created_at', 'updated_at']
  ) || jsonb_build_object('actions', coalesce((
    select jsonb_agg(
      workflow_engine.to_document(to_jsonb(a), d.defaults, array['id', 'workflow_id', 'organization_id', 'created_at', 'updated_at'])
      order by a."order", a.id
    )
    from public.workflow_action a
    cross join action_defaults d
    where a.workflow_id = w.id
  ), '[]'))
  from public.workflow w
  where w.id = definition_document.workflow_id;
$$;

comment on function workflow_engine.definition_document(uuid) is
  'A workflow with its actions as the document that workflow_deploy() takes.';

-- Compiles the current actions of a workflow into a version that exists already.
create or replace function workflow_engine.compile_actions(workflow_id uuid, version integer)
returns void
language sql
set search_path = ''
as $$
  insert into workflow_engine.action_version (
    workflow_id, version, workflow_action_id, "order", name, action_type, depends_on, join_count, run_if,
    continue_on_failure, is_compensation, compensate_with, choices, condition, condition_root, condition_reads_item, for_each,
    max_concurrency, tolerated_failure_count, tolerated_failure_percentage, delay, timeout_seconds, max_retries,
    backoff_base, backoff_factor, backoff_cap, priority, template, holes, paths, path_roots, takes_all, reads_event,
    reads_actions, is_costly, awaits
  )
  select
    a.workflow_id, compile_actions.version, a.id, a."order", a.name, a.action_type, g.depends_on, a.join_count, a.run_if,
    a.continue_on_failure, g.is_compensation, g.compensate_with, g.choices, a.condition::jsonpath,
    workflow_engine.path_root(a.condition::jsonpath), coalesce(workflow_engine.reads_part(a.condition::jsonpath, 'item'), false), a.for_each::jsonpath,
    a.max_concurrency, a.tolerated_failure_count, a.tolerated_failure_percentage, a.delay, a.timeout_seconds, a.max_retries,
    a.backoff_base, a.backoff_factor, a.backoff_cap, coalesce(a.priority, w.priority),
    c.compiled, h.holes, h.paths, h.path_roots, h.takes_all,
    array['event', 'mixed'] && (h.path_roots || workflow_engine.path_root(a.condition::jsonpath)),
    coalesce(p.reads_actions, false), coalesce(p.is_costly, false),
    case when a.action_type = 'wait_for_event' then a.payload ->> 'event' end
  from public.workflow_action a
  join public.workflow w on w.id = a.workflow_id
  join workflow_engine.resolve_graph(compile_actions.workflow_id) g on g.workflow_action_id = a.id
  cross join lateral workflow_engine.compile_template(
    case
      when a.action_type = 'choice' then '{}'
      else jsonb_build_object('payload', a.payload, 'target_endpoint', a.target_endpoint, 'headers', a.headers)
    end, '', '[]'
  ) c
  cross join lateral (
    select
      coalesce(jsonb_agg(e.hole - 'takes_all' order by e.ordinality), '[]') as holes,
      coalesce(array_agg((e.hole ->> 'path')::jsonpath order by e.ordinality), '{}') as paths,
      coalesce(array_agg(workflow_engine.path_root((e.hole ->> 'path')::jsonpath) order by e.ordinality), '{}') as path_roots,
      coalesce(array_agg((e.hole ->> 'takes_all')::boolean order by e.ordinality), '{}') as takes_all
    from jsonb_array_elements(c.holes) with ordinality e (hole, ordinality)
  ) h
  cross join lateral (
    select bool_or(workflow_engine.reads_part(e.path, 'actions')) as reads_actions, max(workflow_engine.count_wildcards(e.path)) > 1 as is_costly
    from unnest(h.paths || a.condition::jsonpath || a.for_each::jsonpath || array(
      select r.condition::jsonpath from workflow_engine.read_rules(a.payload) r where a.action_type = 'choice'
    )) e (path)
  ) p
  where a.workflow_id = compile_actions.workflow_id;
$$;

comment on function workflow_engine.compile_actions(uuid, integer) is
  'Compiles the actions of a workflow into action_version rows.';

-- Writes the version that new runs get, if the definition changed; workflow_deploy() calls it once, when
-- it has written everything. A version that this very transaction saved and that no run
-- has taken yet is replaced, so that a definition written in several statements is one version.
create or replace function workflow_engine.save_version(workflow_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_document jsonb;
  v_latest workflow_engine.workflow_version;
  v_version integer;
begin
  if current_setting('workflow_engine.deploying', true) = save_version.workflow_id::text then
    return;
  end if;
  v_document := workflow_engine.definition_document(save_version.workflow_id);
  select * into v_latest
  from workflow_engine.workflow_version v
  where v.workflow_id = save_version.workflow_id
  order by v.version desc
  limit 1;
  if v_document is null or v_document = v_latest.document then
    return;
  end if;
  perform workflow_engine.check_graph(save_version.workflow_id);
  v_version := coalesce(v_latest.version, 0) + 1;
  if v_latest.saved_in = pg_current_xact_id() and not exists (
    select from public.workflow_run r
    where r.workflow_id = v_latest.workflow_id and r.workflow_version = v_latest.version
  ) then
    v_version := v_latest.version;
    delete from workflow_engine.workflow_version v
    where v.workflow_id = v_latest.workflow_id and v.version = v_latest.version;
  end if;
  insert into workflow_engine.workflow_version (
    workflow_id, version, document, phase, "interval", relative_to, timezone, if_past,
    if_past_within, condition, condition_is_costly, vars, priority
  )
  select
    w.id, v_version, v_document, w.phase, make_interval(mins => w."interval"),
    w.relative_to::jsonpath, w.timezone,
    case when w.if_past <> 'auto' then w.if_past when w.phase = 'before' then 'skip' else 'run_now' end,
    make_interval(mins => w.if_past_within), w.condition::jsonpath,
    coalesce(workflow_engine.count_wildcards(w.condition::jsonpath) > 1, false), w.vars, w.priority
  from public.workflow w
  where w.id = save_version.workflow_id;
  perform workflow_engine.compile_actions(save_version.workflow_id, v_version);
  update public.workflow w
  set version = v_version
  where w.id = save_version.workflow_id and w.version <> v_version;
  insert into public.workflow_history (organization_id, workflow_id, kind, detail)
  select w.organization_id, w.id, 'definition_saved', jsonb_build_object('version', v_version)
  from public.workflow w
  where w.id = save_version.workflow_id;
end;
$$;

comment on function workflow_engine.save_version(uuid) is
  'Saves the current definition of a workflow as the version that new runs get, if it changed.';

-- After any statement that touched definitions, whoever wrote it. Security definer because the
-- writer of a definition may not reach workflow_engine.
create or replace function workflow_engine.save_changed_workflows()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.workflow_action a
  set organization_id = c.organization_id
  from changed c
  where a.workflow_id = c.id and a.organization_id is distinct from c.organization_id;
  perform workflow_engine.save_version(c.id) from (select distinct id from changed order by id) c;
  return null;
end;
$$;

comment on function workflow_engine.save_changed_workflows() is
  'Security definer because the writer of a definition may not reach workflow_engine. After workflows were written: takes their actions along into their organization and saves their versions.';

create or replace trigger save_inserted_workflows
  after insert on public.workflow
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_workflows();

create or replace trigger save_updated_workflows
  after update on public.workflow
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_workflows();

create or replace function workflow_engine.save_changed_actions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform workflow_engine.save_version(c.workflow_id)
  from (select distinct workflow_id from changed order by workflow_id) c;
  return null;
end;
$$;

comment on function workflow_engine.save_changed_actions() is
  'Security definer because the writer of a definition may not reach workflow_engine. After actions were written: saves their workflows'' versions.';

create or replace trigger save_inserted_actions
  after insert on public.workflow_action
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_actions();

create or replace trigger save_updated_actions
  after update on public.workflow_action
  referencing new table as changed
  for each statement execute function workflow_engine.save_changed_actions();

-- An action that moves to another workflow changes the one that it leaves, too.
create or replace trigger save_workflows_left_by_actions
  after update on public.workflow_action
  referencing old table as changed
  for each statement execute function workflow_engine.save_changed_actions();

create or replace trigger save_deleted_actions
  after delete on public.workflow_action
  referencing old table as changed
  for each statement execute function workflow_engine.save_changed_actions();


-- 10_definitions/workflow_deploy.sql

-- A JSON pointer (RFC 6901) one key further.
create or replace function workflow_engine.extend_pointer(base text, key text)
returns text
language sql
immutable
return base || '/' || replace(replace(key, '~', '~0'), '/', '~1');

comment on function workflow_engine.extend_pointer(text, text) is
  'A JSON pointer one key further.';

-- The place and the fault of an error's sentence. The checks of definitions name their place ("Cannot save
-- action "a" of workflow "w" at /payload/url: …"); any other error is one of the whole.
create or replace function workflow_engine.place_fault(message text, base text)
returns table (pointer text, fault text)
language sql
immutable
set search_path = ''
as $$
  select place_fault.base || coalesce(m.parts[1], ''), upper(left(f.fault, 1)) || substr(f.fault, 2)
  from (select regexp_match(
    place_fault.message, '^Cannot save (?:(?:action|workflow) .*? at )?(/[^\s:]*)?: (.*)$'
  ) as parts) m
  cross join lateral (select coalesce(m.parts[2], place_fault.message) as fault) f;
$$;

comment on function workflow_engine.place_fault(text, text) is
  'The JSON pointer and the fault that an error''s sentence tells of.';

-- What one of the checks of definitions says against a value, as a sentence; null when it is well.
create or replace function workflow_engine.find_fault(check_name text, value anyelement)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  execute format('select workflow_engine.%I($1, %L)', find_fault.check_name, '') using find_fault.value;
  return null;
exception
  when sqlstate 'PT422' then
    return (select f.fault from workflow_engine.place_fault(sqlerrm, '') f);
end;
$$;

comment on function workflow_engine.find_fault(text, anyelement) is
  'What a check of definitions says against a value, or null.';

-- Every fault of a text with placeholders: of each path, of each filter, and of what is never closed.
create or replace function workflow_engine.find_text_faults(content text)
returns setof text
language sql
stable
set search_path = ''
as $$
  with placeholder as (
    select m[1] as content, workflow_engine.split_placeholder(m[1]) as parts
    from regexp_matches(find_text_faults.content, '\{\{(.*?)\}\}', 'g') m
  )
  select f.fault
  from placeholder p
  cross join lateral (
    select workflow_engine.find_fault('check_path', coalesce(trim(p.parts[1]), '')) as fault
    where array_to_string(p.parts, '|') = p.content
    union all
    select workflow_engine.find_fault('compile_filter', n.part)
    from unnest(p.parts[2:]) n (part)
    where array_to_string(p.parts, '|') = p.content
    union all
    select workflow_engine.find_fault('compile_placeholder', p.content)
    where array_to_string(p.parts, '|') <> p.content
  ) f
  where f.fault is not null
  union all
  select format('"%s" opens a placeholder that is never closed', left(u.rest, 100))
  from (select substring(regexp_replace(find_text_faults.content, '\{\{.*?\}\}', ' ', 'g') from '\{\{.*') as rest) u
  where u.rest is not null;
$$;

comment on function workflow_engine.find_text_faults(text) is
  'Every fault of a text with placeholders.';

-- Every fault of a JSON template, each with its pointer.
create or replace function workflow_engine.find_template_faults(value jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
stable
set search_path = ''
as $$
begin
  case jsonb_typeof(find_template_faults.value)
    when 'string' then
      return query
        select find_template_faults.base, f.* from workflow_engine.find_text_faults(find_template_faults.value #>> '{}') f;
    when 'object' then
      return query
        select find_template_faults.base, f.fault
        from (values
          (case when find_template_faults.value ? '$template' then 'The key "$template" is the engine''s own' end),
          (case when find_template_faults.value ? '$secret' then workflow_engine.find_fault('check_secret', find_template_faults.value) end)
        ) f (fault)
        where f.fault is not null
        union all
        select f.*
        from jsonb_each(find_template_faults.value) e
        cross join lateral workflow_engine.find_template_faults(e.value, workflow_engine.extend_pointer(find_template_faults.base, e.key)) f;
    when 'array' then
      return query
        select f.*
        from jsonb_array_elements(find_template_faults.value) with ordinality e (value, number)
        cross join lateral workflow_engine.find_template_faults(e.value, find_template_faults.base || '/' || (e.number - 1)) f;
    else
      null;
  end case;
end;
$$;

comment on function workflow_engine.find_template_faults(jsonb, text) is
  'Every fault of a JSON template with its JSON pointer.';

-- Every fault of an action's payload, each with its pointer: of the rules of a choice, or of the template
-- and of what the engine knows about the payload of this action type.
create or replace function workflow_engine.find_payload_faults(fields jsonb, base text)
returns table (pointer text, fault text)
language sql
stable
set search_path = ''
as $$
  select format('%s/choices/%s/if', find_payload_faults.base, r.number - 1), f.fault
  from workflow_engine.read_rules(find_payload_faults.fields -> 'payload') r
  cross join lateral workflow_engine.find_fault('check_condition', r.condition) f (fault)
  where find_payload_faults.fields ->> 'action_type' = 'choice' and f.fault is not null
  union all
  select f.*
  from workflow_engine.find_template_faults(find_payload_faults.fields -> 'payload', find_payload_faults.base) f
  where find_payload_faults.fields ->> 'action_type' is distinct from 'choice'
  union all
  select find_payload_faults.base || '/' || f.name, upper(left(f.fault, 1)) || substr(f.fault, 2)
  from workflow_engine.find_wait_faults(find_payload_faults.fields ->> 'action_type', find_payload_faults.fields -> 'payload') f
  where find_payload_faults.fields ->> 'target_endpoint' is null
  union all
  select find_payload_faults.base || '/url', f.fault
  from workflow_engine.find_fault('check_url', find_payload_faults.fields #>> '{payload,url}') f (fault)
  where find_payload_faults.fields ->> 'action_type' = 'http_request'
    and find_payload_faults.fields ->> 'target_endpoint' is null
    and find_payload_faults.fields #>> '{payload,url}' !~ '\{\{'
    and f.fault is not null;
$$;

comment on function workflow_engine.find_payload_faults(jsonb, text) is
  'Every fault of an action''s payload with its JSON pointer.';

-- What a constraint allows, as a sentence: what it lists, or else its name, which says it.
create or replace function workflow_engine.say_constraint(name text, expression text, value jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when say_constraint.expression ~ '= ANY \(ARRAY\[' then format('%s is none of %s', say_constraint.value, (
      select string_agg(m[1], ', ') from regexp_matches(say_constraint.expression, '''([^'']*)''::', 'g') m
    ))
    when say_constraint.value is null then upper(left(say_constraint.name, 1)) || replace(substr(say_constraint.name, 2), '_', ' ')
    else format('%s is refused: %s', say_constraint.value, replace(say_constraint.name, '_', ' '))
  end;
$$;

comment on function workflow_engine.say_constraint(text, text, jsonb) is
  'What a CHECK constraint has against a value, or against a row, as a sentence.';

-- What columns that have to agree with each other say about a row without the keys that are faulty by
-- themselves, each at the first of its columns that the row names.
create or replace function workflow_engine.find_disagreements(table_name regclass, fields jsonb, faulty text[])
returns table (key text, fault text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_check record;
  v_holds boolean;
begin
  for v_check in
    select c.conname, pg_catalog.pg_get_expr(c.conbin, c.conrelid) as expression, array(
      select a.attname::text
      from pg_catalog.pg_attribute a
      where a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      order by not find_disagreements.fields ? a.attname, a.attnum
    ) as columns
    from pg_catalog.pg_constraint c
    where c.conrelid = find_disagreements.table_name and c.contype = 'c' and cardinality(c.conkey) > 1
    order by c.conname
  loop
    continue when v_check.columns && find_disagreements.faulty or not find_disagreements.fields ?| v_check.columns;
    execute format('select %s from jsonb_populate_record(null::%s, $1)', v_check.expression, find_disagreements.table_name)
    into v_holds
    using workflow_engine.column_defaults(find_disagreements.table_name) || (find_disagreements.fields - find_disagreements.faulty);
    if not v_holds then
      return query select v_check.columns[1], workflow_engine.say_constraint(v_check.conname, '', null);
    end if;
  end loop;
end;
$$;

comment on function workflow_engine.find_disagreements(regclass, jsonb, text[]) is
  'What is wrong with columns of a row that have to agree with each other.';

-- Why a row cannot be written, or null: it is inserted and taken back. With a `field`, this row was made to
-- ask about that one alone: what it would have to agree on with others is not asked.
create or replace function workflow_engine.try_insert(table_name regclass, fields jsonb, field text default null)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_columns text := (select string_agg(quote_ident(k.name), ', ') from jsonb_object_keys(try_insert.fields) k (name));
  v_message text;
  v_key text;
  v_name text;
  v_constraint pg_catalog.pg_constraint;
begin
  execute format('insert into %s (%s) select %s from jsonb_populate_record(null::%s, $1)',
    try_insert.table_name, v_columns, v_columns, try_insert.table_name) using try_insert.fields;
  raise exception using errcode = 'WF000';
exception
  when sqlstate 'WF000' then
    return null;
  when not_null_violation then
    return 'A value is needed';
  when others then
    get stacked diagnostics v_message = message_text, v_key = pg_exception_detail, v_name = constraint_name;
    select * into v_constraint
    from pg_catalog.pg_constraint c
    where c.conrelid = try_insert.table_name and c.conname = v_name;
    if try_insert.field is null or v_constraint.contype is distinct from 'c' and v_key is distinct from 'definition.wait_invalid' then
      return v_message;
    elsif cardinality(v_constraint.conkey) = 1 then
      return workflow_engine.say_constraint(v_name, pg_catalog.pg_get_constraintdef(v_constraint.oid), try_insert.fields -> try_insert.field);
    end if;
    return null;
end;
$$;

comment on function workflow_engine.try_insert(regclass, jsonb, text) is
  'Why a row with these fields cannot be written, or null; nothing stays written.';

-- The columns of workflow and workflow_action that are the engine's to write, and no document's.
create or replace function workflow_engine.undocumented_columns()
returns text[]
language sql
immutable
return array['id', 'organization_id', 'workflow_id', 'version', 'created_at', 'updated_at'];

comment on function workflow_engine.undocumented_columns() is
  'The columns of definitions that a document does not name.';

-- Every fault of one field of a row, tried beside the minimum that a row needs.
create or replace function workflow_engine.find_field_faults(
  table_name regclass,
  fields jsonb,
  minimum jsonb,
  field text,
  base text
)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := find_field_faults.fields -> find_field_faults.field;
  v_pointer text := workflow_engine.extend_pointer(find_field_faults.base, find_field_faults.field);
begin
  if find_field_faults.field = 'payload' and jsonb_typeof(v_value) = 'object' then
    return query select f.* from workflow_engine.find_payload_faults(find_field_faults.fields, v_pointer) f;
  elsif find_field_faults.field = 'headers' and jsonb_typeof(v_value) = 'object' or find_field_faults.field = 'target_endpoint' and v_value::text ~ '\{\{' then
    return query select f.* from workflow_engine.find_template_faults(v_value, v_pointer) f;
  elsif exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = find_field_faults.table_name and a.attname = find_field_faults.field and a.attnum > 0
      and a.attname <> all (workflow_engine.undocumented_columns())
  ) then
    return query
      select v_pointer, f.fault
      from workflow_engine.try_insert(
        find_field_faults.table_name, find_field_faults.minimum || jsonb_build_object(find_field_faults.field, v_value), find_field_faults.field
      ) e (message)
      cross join lateral workflow_engine.place_fault(e.message, '') f
      where e.message is not null;
  else
    return query select v_pointer, format('The key "%s" is not known', find_field_faults.field);
  end if;
end;
$$;

comment on function workflow_engine.find_field_faults(regclass, jsonb, jsonb, text, text) is
  'Every fault of one field of a row with its JSON pointer.';

-- Every fault of one row of a document. A row that can be written whole has none. Of any other, each field is
-- asked by itself, and so are those that have to agree.
create or replace function workflow_engine.find_row_faults(table_name regclass, fields jsonb, minimum jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
declare
  v_missing text[] := array(
    select k.name
    from (values ('name'), ('trigger'), ('action_type')) k (name)
    where find_row_faults.minimum ? k.name and not find_row_faults.fields ? k.name
  );
  v_fault text := workflow_engine.try_insert(find_row_faults.table_name, find_row_faults.minimum || find_row_faults.fields);
  v_faulty text[] := array[]::text[];
  v_field text;
begin
  if v_fault is null and v_missing = '{}' and not find_row_faults.fields ?| workflow_engine.undocumented_columns() then
    return;
  end if;
  for v_field in select jsonb_object_keys(find_row_faults.fields) loop
    return query
      select f.*
      from workflow_engine.find_field_faults(
        find_row_faults.table_name, find_row_faults.fields, find_row_faults.minimum, v_field, find_row_faults.base
      ) f;
    if found then
      v_faulty := v_faulty || v_field;
    end if;
  end loop;
  return query
    select format('%s/%s', find_row_faults.base, k.name), format('The key "%s" is missing', k.name)
    from unnest(v_missing) k (name);
  return query
    select workflow_engine.extend_pointer(find_row_faults.base, d.key), d.fault
    from workflow_engine.find_disagreements(find_row_faults.table_name, find_row_faults.fields, v_faulty) d;
  if not found and v_faulty = '{}' and v_fault is not null then
    return query select f.* from workflow_engine.place_fault(v_fault, find_row_faults.base) f;
  end if;
end;
$$;

comment on function workflow_engine.find_row_faults(regclass, jsonb, jsonb, text) is
  'Every fault of one row of a definition document with its JSON pointer.';

-- Switches the saving of one workflow's versions off, and on again with null, while it is written in
-- several statements of this transaction.
create or replace function workflow_engine.set_deploying(workflow_id uuid)
returns void
language sql
set search_path = ''
as $$
  select set_config('workflow_engine.deploying', coalesce(set_deploying.workflow_id::text, ''), true);
$$;

comment on function workflow_engine.set_deploying(uuid) is
  'Keeps a workflow from being saved as a version while it is written in several statements.';

-- What is wrong with the actions of a document, each by itself. `workflow_id` is a workflow that they
-- may be tried in.
create or replace function workflow_engine.find_action_faults(workflow_id uuid, actions jsonb)
returns table (pointer text, fault text)
language sql
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as position, coalesce(a.fields ->> 'name', a.fields ->> 'action_type') as name
    from jsonb_array_elements(find_action_faults.actions) with ordinality a (fields, number)
  )
  select f.*
  from action a
  cross join lateral workflow_engine.find_row_faults(
    'public.workflow_action', a.fields,
    jsonb_build_object('workflow_id', find_action_faults.workflow_id, 'action_type', 'log'),
    '/actions/' || a.position
  ) f
  where jsonb_typeof(a.fields) = 'object'
  union all
  select '/actions/' || a.position, 'An action is an object'
  from action a
  where jsonb_typeof(a.fields) <> 'object'
  union all
  select format('/actions/%s/name', a.position), format('The name "%s" stands twice', a.name)
  from action a
  where exists (select from action b where b.position < a.position and b.name = a.name);
$$;

comment on function workflow_engine.find_action_faults(uuid, jsonb) is
  'What is wrong with the actions of a document, each by itself.';

-- The actions of a document as the graph sees them, without the fields that are faulty by themselves. What
-- an action follows is nothing then, rather than something that its author did not mean.
create or replace function workflow_engine.read_document_actions(actions jsonb, faults jsonb)
returns public.workflow_action[]
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number, array(
      select k.key
      from jsonb_object_keys(a.fields) k (key)
      join jsonb_array_elements(read_document_actions.faults) f (fault)
        on f.fault ->> 'pointer' = workflow_engine.extend_pointer('/actions/' || (a.number - 1), k.key)
    ) as faulty
    from jsonb_array_elements(read_document_actions.actions) with ordinality a (fields, number)
    where jsonb_typeof(a.fields) = 'object'
  )
  select coalesce(array_agg(p order by a.number), '{}')
  from action a
  cross join lateral (select a.faulty && array['depends_on', 'order'] as is_unsure) u
  cross join lateral jsonb_populate_record(null::public.workflow_action,
    workflow_engine.column_defaults('public.workflow_action')
    || (a.fields - a.faulty - case when u.is_unsure then array['join_count', 'run_if'] else '{}' end)
    || case when u.is_unsure then jsonb '{"depends_on": []}' else '{}' end
    || case when 'order' = any (a.faulty) then jsonb '{"order": null}' else '{}' end
    || jsonb_build_object('name', coalesce(a.fields ->> 'name', a.fields ->> 'action_type', ''), 'action_type', coalesce(a.fields ->> 'action_type', ''))
  ) p;
$$;

comment on function workflow_engine.read_document_actions(jsonb, jsonb) is
  'The actions of a document as the graph sees them, without what is faulty by itself.';

-- What is wrong with the graph that the actions of a document make. Where the order of one is not known, it
-- is not known either what others follow.
create or replace function workflow_engine.find_document_graph_faults(actions jsonb, faults jsonb)
returns table (pointer text, fault text)
language sql
stable
set search_path = ''
as $$
  with name as (
    select coalesce(a.fields ->> 'name', a.fields ->> 'action_type') as name, min(a.number) - 1 as position
    from jsonb_array_elements(find_document_graph_faults.actions) with ordinality a (fields, number)
    where jsonb_typeof(a.fields) = 'object'
    group by 1
  ),
  document as materialized (
    select workflow_engine.read_document_actions(find_document_graph_faults.actions, find_document_graph_faults.faults) as actions
  )
  select coalesce('/actions/' || n.position, '') || '/' || f.field, upper(left(f.fault, 1)) || substr(f.fault, 2)
  from document d
  cross join lateral workflow_engine.find_graph_faults(d.actions) f
  left join name n on n.name = f.action
  where f.field not in ('join_count', 'run_if')
    or not exists (select from unnest(d.actions) a where a."order" is null);
$$;

comment on function workflow_engine.find_document_graph_faults(jsonb, jsonb) is
  'What is wrong with the graph that the actions of a document make, with JSON pointers.';

-- Everything that is wrong with a document, as [{"pointer", "fault"}]. It is tried in the database's own
-- tables, under their own constraints and checks, and taken back.
create or replace function workflow_engine.find_definition_faults(definition jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_actions jsonb := coalesce(find_definition_faults.definition -> 'actions', '[]');
  v_workflow uuid := workflow_engine.new_id();
  v_faults jsonb;
begin
  if jsonb_typeof(find_definition_faults.definition) is distinct from 'object' or jsonb_typeof(v_actions) <> 'array' then
    return jsonb '[{"pointer": "", "fault": "A definition is an object with an array of actions"}]';
  end if;
  begin
    perform workflow_engine.set_deploying(v_workflow);
    select coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
    from workflow_engine.find_row_faults(
      'public.workflow',
      find_definition_faults.definition - 'actions' - 'organization_id',
      jsonb_build_object('id', v_workflow, 'name', 'unnamed', 'trigger', 'none', 'organization_id', v_workflow), ''
    ) f;
    insert into public.workflow (id, name, organization_id, trigger) values (v_workflow, 'unnamed', v_workflow, 'none');
    select v_faults || coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
    from workflow_engine.find_action_faults(v_workflow, v_actions) f;
    select v_faults || coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
    from workflow_engine.find_document_graph_faults(v_actions, v_faults) f;
    raise exception using errcode = 'WF000';
  exception
    when sqlstate 'WF000' then
      return v_faults;
  end;
end;
$$;

comment on function workflow_engine.find_definition_faults(jsonb) is
  'Everything that is wrong with a definition document, as [{"pointer", "fault"}].';

-- The paths in the texts of a JSON template, each with its pointer.
create or replace function workflow_engine.read_template_paths(value jsonb, base text)
returns table (pointer text, expression text)
language sql
immutable
set search_path = ''
as $$
  with recursive node as (
    select read_template_paths.base as pointer, read_template_paths.value as value
    union all
    select c.pointer, c.value
    from node n
    cross join lateral (
      select workflow_engine.extend_pointer(n.pointer, e.key), e.value
      from jsonb_each(case jsonb_typeof(n.value) when 'object' then n.value else '{}' end) e
      union all
      select n.pointer || '/' || (e.number - 1), e.value
      from jsonb_array_elements(case jsonb_typeof(n.value) when 'array' then n.value else '[]' end) with ordinality e (value, number)
    ) c (pointer, value)
  )
  select n.pointer, trim((workflow_engine.split_placeholder(m[1]))[1])
  from node n
  cross join lateral regexp_matches(n.value #>> '{}', '\{\{(.*?)\}\}', 'g') m
  where jsonb_typeof(n.value) = 'string';
$$;

comment on function workflow_engine.read_template_paths(jsonb, text) is
  'The paths in the texts of a JSON template with their JSON pointers.';

-- Every expression of a document as Postgres prints it, and whether it may read an item. Without a number it
-- is the workflow's own. What cannot be parsed is left to the faults.
create or replace function workflow_engine.read_expressions(definition jsonb)
returns table (number bigint, pointer text, expression text, has_item boolean)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as number, '/actions/' || (a.number - 1) as base,
      a.fields ->> 'for_each' is not null as has_item
    from jsonb_array_elements(
      case jsonb_typeof(read_expressions.definition -> 'actions') when 'array' then read_expressions.definition -> 'actions' else '[]' end
    ) with ordinality a (fields, number)
    where jsonb_typeof(a.fields) = 'object'
  )
  select e.number, e.pointer, e.expression::jsonpath::text, e.has_item
  from (
    select null::bigint as number, '/' || k.name as pointer, read_expressions.definition ->> k.name as expression, false as has_item
    from (values ('condition'), ('relative_to')) k (name)
    union all
    select a.number, a.base || '/' || k.name, a.fields ->> k.name, a.has_item and k.name <> 'for_each'
    from action a
    cross join (values ('condition'), ('for_each')) k (name)
    union all
    select a.number, format('%s/payload/choices/%s/if', a.base, r.number - 1), r.condition, false
    from action a
    cross join lateral workflow_engine.read_rules(a.fields -> 'payload') r
    where a.fields ->> 'action_type' = 'choice'
    union all
    select a.number, t.pointer, t.expression, a.has_item
    from action a
    cross join (values ('payload'), ('target_endpoint'), ('headers')) k (name)
    cross join lateral workflow_engine.read_template_paths(a.fields -> k.name, a.base || '/' || k.name) t
    where a.fields ->> 'action_type' is distinct from 'choice'
  ) e
  where e.expression is not null and workflow_engine.find_fault('check_path', e.expression) is null;
$$;

comment on function workflow_engine.read_expressions(jsonb) is
  'Every expression of a definition document with its JSON pointer.';

-- What expressions read that is not there, whatever happens: actions and vars that the workflow does not
-- have, an item without a for_each, and before there is a run, what only a run has.
create or replace function workflow_engine.find_missing_data(definition jsonb)
returns table (number bigint, pointer text, warning text)
language sql
stable
set search_path = ''
as $$
  with expression as (
    select * from workflow_engine.read_expressions(find_missing_data.definition)
  ),
  part as (
    select distinct e.number, e.pointer, m[1] as part, m[2] as name, e.has_item
    from expression e
    cross join lateral regexp_matches(e.expression, '\$\."(actions|vars|item|run)"(?:\."([A-Za-z_][A-Za-z0-9_]*)")?', 'g') m
  )
  select p.number, p.pointer, case
    when p.number is null and p.part in ('actions', 'item', 'run')
      then format('"$.%s" is read before there is a run: it is empty', p.part)
    when p.part = 'item' and not p.has_item then '"$.item" is read without a for_each: it is empty'
    when p.part = 'actions' then format('"$.actions.%s" is read, but this workflow has no such action', p.name)
    when p.part = 'vars' then format('"$.vars.%s" is read, but this workflow has no such var', p.name)
  end
  from part p
  where (p.number is null and p.part in ('actions', 'item', 'run'))
    or (p.part = 'item' and not p.has_item)
    or (p.part = 'actions' and p.name is not null and not exists (
      select from jsonb_array_elements(find_missing_data.definition -> 'actions') a (fields)
      where coalesce(a.fields ->> 'name', a.fields ->> 'action_type') = p.name
    ))
    or (p.part = 'vars' and p.name is not null and not coalesce(find_missing_data.definition -> 'vars', '{}') ? p.name);
$$;

comment on function workflow_engine.find_missing_data(jsonb) is
  'What the expressions of a definition document read that is never there.';

-- Joins that wait for more of a choice's branches than it ever takes.
create or replace function workflow_engine.find_unmeetable_joins(definition jsonb)
returns table (number bigint, pointer text, warning text)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as number
    from jsonb_array_elements(
      case jsonb_typeof(find_unmeetable_joins.definition -> 'actions') when 'array' then find_unmeetable_joins.definition -> 'actions' else '[]' end
    ) with ordinality a (fields, number)
  )
  select j.number, format('/actions/%s/join_count', j.number), format(
    'It waits for %s actions, but the choice "%s" lets no more than %s of those run that it follows',
    j.fields ->> 'join_count', coalesce(c.fields ->> 'name', 'choice'), m.free + m.chosen
  )
  from action j
  join action c on c.fields ->> 'action_type' = 'choice'
  cross join lateral (
    select
      (
        select count(*)
        from jsonb_array_elements_text(j.fields -> 'depends_on') d (name)
        where not exists (select from workflow_engine.read_rules(c.fields -> 'payload') r where d.name = any (r.targets))
      ) as free,
      (
        select max((select count(*) from jsonb_array_elements_text(j.fields -> 'depends_on') d (name) where d.name = any (r.targets)))
        from workflow_engine.read_rules(c.fields -> 'payload') r
      ) as chosen
  ) m
  where jsonb_typeof(j.fields -> 'join_count') = 'number' and jsonb_typeof(j.fields -> 'depends_on') = 'array'
    and (j.fields -> 'join_count')::numeric > m.free + m.chosen
    and (j.fields -> 'join_count')::numeric <= jsonb_array_length(j.fields -> 'depends_on');
$$;

comment on function workflow_engine.find_unmeetable_joins(jsonb) is
  'Joins of a definition document that wait for more of a choice''s branches than it ever takes.';

-- What is allowed but probably not meant, as [{"pointer", "warning"}].
create or replace function workflow_engine.find_definition_warnings(definition jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.fields, a.number - 1 as number
    from jsonb_array_elements(
      case jsonb_typeof(find_definition_warnings.definition -> 'actions') when 'array' then find_definition_warnings.definition -> 'actions' else '[]' end
    ) with ordinality a (fields, number)
  ),
  found as (
    select a.number, format('/actions/%s/payload', a.number) as pointer,
      'A choice without an else: when no rule holds, none of its branches is taken' as warning
    from action a
    where a.fields ->> 'action_type' = 'choice' and not a.fields -> 'payload' ? 'else'
    union all
    select a.number, format('/actions/%s/headers', a.number),
      'These are headers of the call to a target_endpoint, which this action does not have'
    from action a
    where a.fields -> 'headers' <> '{}' and a.fields ->> 'target_endpoint' is null
    union all
    select * from workflow_engine.find_missing_data(find_definition_warnings.definition)
    union all
    select * from workflow_engine.find_unmeetable_joins(find_definition_warnings.definition)
  )
  select coalesce(jsonb_agg(
    jsonb_build_object('pointer', f.pointer, 'warning', f.warning) order by f.number nulls first, f.pointer, f.warning
  ), '[]')
  from found f;
$$;

comment on function workflow_engine.find_definition_warnings(jsonb) is
  'What is probably not meant in a definition document, as [{"pointer", "warning"}].';

-- Writes a row whole: these fields, and the columns' defaults for all others. A row of that id is replaced.
create or replace function workflow_engine.write_row(table_name regclass, fields jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_columns text := (
    select string_agg(quote_ident(a.attname), ', ')
    from pg_catalog.pg_attribute a
    where a.attrelid = write_row.table_name and a.attnum > 0 and not a.attisdropped
  );
begin
  execute format(
    'insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1) on conflict (id) do update set (%2$s) = (select %3$s)',
    write_row.table_name, v_columns, 'excluded.' || replace(v_columns, ', ', ', excluded.')
  )
  using workflow_engine.column_defaults(write_row.table_name) || write_row.fields;
end;
$$;

comment on function workflow_engine.write_row(regclass, jsonb) is
  'Inserts or replaces a row by its id, with the defaults for what is left out.';

-- Makes the actions of a workflow those of a document. One of the same name stays the same action.
create or replace function workflow_engine.write_actions(workflow_id uuid, actions jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from public.workflow_action a
  where a.workflow_id = write_actions.workflow_id and not exists (
    select from jsonb_array_elements(write_actions.actions) n (fields)
    where coalesce(n.fields ->> 'name', n.fields ->> 'action_type') = a.name
  );
  perform workflow_engine.write_row('public.workflow_action', n.fields || jsonb_build_object(
    'id', coalesce(a.id, workflow_engine.new_id()),
    'name', coalesce(n.fields ->> 'name', n.fields ->> 'action_type'),
    'workflow_id', write_actions.workflow_id
  ))
  from jsonb_array_elements(write_actions.actions) n (fields)
  left join public.workflow_action a
    on a.workflow_id = write_actions.workflow_id
    and a.name = coalesce(n.fields ->> 'name', n.fields ->> 'action_type');
end;
$$;

comment on function workflow_engine.write_actions(uuid, jsonb) is
  'Makes the actions of a workflow those of a document.';

-- Makes the database hold this document, the workflow of its name and organization, and returns its id.
create or replace function workflow_engine.write_definition(definition jsonb)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  v_old public.workflow;
  v_workflow uuid;
begin
  select * into v_old
  from public.workflow w
  where w.name = write_definition.definition ->> 'name'
    and w.organization_id is not distinct from write_definition.definition ->> 'organization_id'
  for update;
  v_workflow := coalesce(v_old.id, workflow_engine.new_id());
  perform workflow_engine.set_deploying(v_workflow);
  perform workflow_engine.write_row('public.workflow',
    jsonb_build_object('is_active', coalesce(v_old.is_active, true)) || (write_definition.definition - 'actions')
      || jsonb_build_object('id', v_workflow, 'version', coalesce(v_old.version, 0))
      || jsonb_strip_nulls(jsonb_build_object('created_at', v_old.created_at)));
  perform workflow_engine.write_actions(v_workflow, coalesce(write_definition.definition -> 'actions', '[]'));
  perform workflow_engine.set_deploying(null);
  perform workflow_engine.save_version(v_workflow);
  return v_workflow;
end;
$$;

comment on function workflow_engine.write_definition(jsonb) is
  'Writes a definition document; returns the workflow''s id.';

-- Says what is wrong with a document without saving anything.
create or replace function public.workflow_check(definition jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'errors', workflow_engine.find_definition_faults(workflow_check.definition),
    'warnings', workflow_engine.find_definition_warnings(workflow_check.definition)
  );
end;
$$;

comment on function public.workflow_check(jsonb) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Says what is wrong with a definition document, saving nothing: {"errors": [{"pointer", "fault"}], "warnings": [{"pointer", "warning"}]}.';

-- Saves a whole definition at once: the workflow of this name and organization becomes what the document
-- says. An unchanged document makes no new version; a faulty one changes nothing and tells all its faults.
create or replace function public.workflow_deploy(definition jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_faults jsonb := workflow_engine.find_definition_faults(workflow_deploy.definition);
  v_before jsonb;
  v_workflow uuid;
begin
  if v_faults <> '[]' then
    perform workflow_engine.raise_error(
      'PT422', 'definition.invalid',
      format('Cannot deploy workflow "%s": %s', workflow_deploy.definition ->> 'name', (
        select string_agg(format('at "%s": %s', f ->> 'pointer', f ->> 'fault'), '; ') from jsonb_array_elements(v_faults) f
      )),
      v_faults::text
    );
  end if;
  select workflow_engine.definition_document(w.id) into v_before
  from public.workflow w
  where w.name = workflow_deploy.definition ->> 'name'
    and w.organization_id is not distinct from workflow_deploy.definition ->> 'organization_id';
  v_workflow := workflow_engine.write_definition(workflow_deploy.definition);
  return jsonb_build_object(
    'workflow_id', v_workflow,
    'version', (select w.version from public.workflow w where w.id = v_workflow),
    'changed', v_before is distinct from workflow_engine.definition_document(v_workflow),
    'warnings', workflow_engine.find_definition_warnings(workflow_deploy.definition)
  );
end;
$$;

comment on function public.workflow_deploy(jsonb) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Saves a whole definition document; returns {"workflow_id", "version", "changed", "warnings"}. Raises PT422 with every fault of the document, as [{"pointer", "fault"}] in the hint.';


-- 10_definitions/workflow_versions.sql

-- A workflow's document as one of its versions has it; PT404 when it has none.
create or replace function workflow_engine.read_document(workflow_id uuid, version integer)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_document jsonb;
begin
  select v.document into v_document
  from public.workflow w
  join workflow_engine.workflow_version v on v.workflow_id = w.id
  where w.id = read_document.workflow_id and v.version = coalesce(read_document.version, w.version);
  if v_document is null then
    perform workflow_engine.raise_error(
      'PT404', 'workflow.version_unknown',
      format('Cannot find version %s of workflow %s', coalesce(read_document.version::text, '(current)'), read_document.workflow_id),
      'workflow_versions(id) lists the versions.'
    );
  end if;
  return v_document;
end;
$$;

comment on function workflow_engine.read_document(uuid, integer) is
  'The document of a workflow''s version, the current one by default; raises PT404 when there is none.';

-- The document that workflow_deploy() takes, of the current version or of another.
create or replace function public.workflow_export(workflow_id uuid, version integer default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return workflow_engine.read_document(workflow_export.workflow_id, workflow_export.version);
end;
$$;

comment on function public.workflow_export(uuid, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. The document of a workflow, of its current version by default, as workflow_deploy() takes it. Raises PT404.';

-- The versions of a workflow, the newest first.
create or replace function public.workflow_versions(workflow_id uuid)
returns table (version integer, saved_at timestamptz, saved_by text, is_current boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select v.version, v.saved_at, v.saved_by, v.version = w.version
  from workflow_engine.workflow_version v
  join public.workflow w on w.id = v.workflow_id
  where v.workflow_id = workflow_versions.workflow_id
  order by v.version desc;
$$;

comment on function public.workflow_versions(uuid) is
  'Security definer because the Data API''s roles may not reach workflow_engine. The versions of a workflow, the newest first.';

-- A document with its actions by name, so that two can be compared whatever order they stand in.
create or replace function workflow_engine.index_actions(document jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_set(index_actions.document, '{actions}', coalesce(jsonb_object_agg(a ->> 'name', a), '{}'))
  from jsonb_array_elements(index_actions.document -> 'actions') a;
$$;

comment on function workflow_engine.index_actions(jsonb) is
  'A definition document whose actions are an object by name.';

-- Where two JSON values differ: the innermost pointers, with both sides; null where one has nothing.
create or replace function workflow_engine.compare_json(from_value jsonb, to_value jsonb, base text)
returns table (pointer text, before jsonb, after jsonb)
language plpgsql
immutable
set search_path = ''
as $$
begin
  if jsonb_typeof(compare_json.from_value) = 'object' and jsonb_typeof(compare_json.to_value) = 'object' then
    return query
      select d.*
      from (
        select jsonb_object_keys(compare_json.from_value || compare_json.to_value) as name
      ) k
      cross join lateral workflow_engine.compare_json(
        compare_json.from_value -> k.name, compare_json.to_value -> k.name,
        workflow_engine.extend_pointer(compare_json.base, k.name)
      ) d
      order by 1;
  elsif compare_json.from_value is distinct from compare_json.to_value then
    return query select compare_json.base, compare_json.from_value, compare_json.to_value;
  end if;
end;
$$;

comment on function workflow_engine.compare_json(jsonb, jsonb, text) is
  'Where two JSON values differ, by JSON pointer.';

-- What changed from one version to another; actions are compared by name.
create or replace function public.workflow_compare(workflow_id uuid, from_version integer, to_version integer)
returns table (pointer text, before jsonb, after jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
    select d.*
    from workflow_engine.compare_json(
      workflow_engine.index_actions(workflow_engine.read_document(workflow_compare.workflow_id, workflow_compare.from_version)),
      workflow_engine.index_actions(workflow_engine.read_document(workflow_compare.workflow_id, workflow_compare.to_version)),
      ''
    ) d;
end;
$$;

comment on function public.workflow_compare(uuid, integer, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. What changed between two versions of a workflow, by JSON pointer (/actions/<name>/…). Raises PT404.';

-- Makes an earlier version current again, as a new version; returns what workflow_deploy() returns. Name
-- and organization say which workflow it is, and stay.
create or replace function public.workflow_restore(workflow_id uuid, version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  return public.workflow_deploy(workflow_engine.read_document(workflow_restore.workflow_id, workflow_restore.version) || (
    select jsonb_build_object('name', w.name, 'organization_id', w.organization_id)
    from public.workflow w
    where w.id = workflow_restore.workflow_id
  ));
end;
$$;

comment on function public.workflow_restore(uuid, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Makes an earlier version of a workflow current again, as a new version; returns what workflow_deploy() returns. Raises PT404.';


-- 10_definitions/keep_unfinished.sql

-- A workflow whose runs are unfinished cannot be deleted: they need its versions, and so do the parents of
-- children that have ended, until they were told. A run that begins at this moment is not seen, for that would
-- take a lock of every event: it fails.
create or replace function workflow_engine.keep_unfinished()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select from public.workflow_run r
    where r.workflow_id = old.id and (r.completed_at is null or r.owes_answer)
  ) then
    perform workflow_engine.raise_error(
      'PT409', 'workflow.has_unfinished_runs',
      format('Cannot delete workflow "%s": it has unfinished runs', old.name),
      'Set is_active to false, and delete it when its runs have ended.'
    );
  end if;
  return old;
end;
$$;

comment on function workflow_engine.keep_unfinished() is
  'Security definer because whoever deletes a workflow may not see all its runs. Before a delete: raises PT409 while runs are unfinished.';

create or replace trigger keep_unfinished
  before delete on public.workflow
  for each row execute function workflow_engine.keep_unfinished();


-- 10_definitions/record_deletion.sql

-- Who deleted a definition, and what the actions of its runs were: the runs outlive it, its versions do not. A run
-- that begins at this moment is not seen; it has the latest version.
create or replace function workflow_engine.record_deletion()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.workflow_history (organization_id, workflow_id, kind, detail)
  values (old.organization_id, old.id, 'definition_deleted', jsonb_build_object(
    'name', old.name, 'version', old.version, 'actions', coalesce((
      select jsonb_agg(
        jsonb_build_object(
          'workflow_action_id', a.workflow_action_id, 'version', a.version, 'name', a.name, 'action_type', a.action_type
        )
        order by a.version, a."order", a.name
      )
      from workflow_engine.action_version a
      where a.workflow_id = old.id and (a.version = old.version or exists (
        select from public.workflow_run r where r.workflow_id = a.workflow_id and r.workflow_version = a.version
      ))
    ), '[]')
  ));
  return old;
end;
$$;

comment on function workflow_engine.record_deletion() is
  'Security definer because whoever deletes a workflow may not write its history. Before a delete: records it, with the names that its runs need.';

create or replace trigger record_deletion
  before delete on public.workflow
  for each row execute function workflow_engine.record_deletion();


-- 20_runs/workflow_event.sql

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


-- 20_runs/workflow_run.sql

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


-- 20_runs/workflow_action_logs.sql

-- One execution of an action. Its life: not_started → (claim) processing → (report) completed, or
-- back to not_started for a retry, or failed; `attempt` rises with each claim, is never reset, and is
-- the only fencing token. No foreign key to definitions, for the reason that workflow_run gives.
create table public.workflow_action_logs (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  run_id uuid not null,
  workflow_id uuid not null,
  workflow_version integer not null,
  workflow_action_id uuid not null,
  status text not null default 'not_started',
  attempt integer not null default 0,
  tries integer not null default 0,
  final boolean not null default false,
  priority smallint not null,
  execute_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  lease_expires_at timestamptz,
  worker_id text,
  related_table text,
  related_table_pkey text,
  meta jsonb not null default '{}',
  output jsonb,
  error text,
  http_status integer,
  reason text,
  waits_for text,
  is_held boolean not null default false,
  item_index integer,
  item jsonb,
  created_at timestamptz not null default workflow_engine.clock(),
  constraint workflow_action_logs_pkey primary key (id),
  constraint action_log_belongs_to_a_run
    foreign key (run_id) references public.workflow_run (id) on delete cascade,
  constraint action_log_status_is_known check (
    status in ('not_started', 'processing', 'waiting', 'completed', 'failed', 'skipped', 'stopped')
  ),
  constraint lease_is_held_while_processing
    check ((lease_expires_at is not null) = (status = 'processing')),
  constraint finished_is_dated
    check ((completed_at is not null) = (status in ('completed', 'failed', 'skipped', 'stopped'))),
  constraint finished_after_started check (completed_at >= started_at),
  constraint executed_before_finished
    check (status not in ('processing', 'waiting', 'completed') or attempt > 0),
  constraint only_a_failure_is_final check (not final or status = 'failed'),
  constraint only_an_execution_has_output check (output is null or status = 'completed'),
  constraint reason_is_known check (reason in ('condition', 'choice', 'dependency', 'not_needed')),
  constraint only_what_did_not_run_has_a_reason check (reason is null or status in ('skipped', 'stopped')),
  constraint what_it_waits_for_is_known
    check (waits_for in ('callback', 'sleep', 'event', 'approval', 'run', 'items')),
  constraint waiting_is_for_something check (status <> 'waiting' or waits_for is not null),
  constraint only_what_has_not_started_is_held check (not is_held or status = 'not_started'),
  constraint skipped_has_a_reason check (status <> 'skipped' or reason is not null),
  constraint an_item_has_an_index check (item is null or item_index is not null),
  constraint attempt_is_not_negative check (attempt >= 0),
  constraint tries_is_not_negative check (tries >= 0),
  constraint action_log_priority_is_a_digit check (priority between 0 and 9)
);

-- "What is due, most urgent first?" It leads with priority: claim takes the due ones of each
-- priority in turn, without a sort.
create index workflow_action_logs_pending_idx
  on public.workflow_action_logs (priority, execute_at)
  where status = 'not_started' and not is_held;

-- "What does a pause hold?"
create index workflow_action_logs_held_idx
  on public.workflow_action_logs (workflow_id)
  where is_held;

-- "Which actions does this run have?", "Has this action one?", "Where is item n of it?" An action has one
-- log a run, and one more for each item of its fan-out.
create unique index workflow_action_logs_run_idx
  on public.workflow_action_logs (run_id, workflow_action_id, item_index) nulls not distinct;

-- "Whose lease ran out?"
create index workflow_action_logs_lease_idx
  on public.workflow_action_logs (lease_expires_at)
  where status = 'processing';

-- "Whose answer is overdue?"
create index workflow_action_logs_waiting_idx
  on public.workflow_action_logs (execute_at)
  where status = 'waiting';

-- "Which failures that an application wrote still await their retry?"
create index workflow_action_logs_retry_idx
  on public.workflow_action_logs (completed_at)
  where status = 'failed' and not final;

comment on table public.workflow_action_logs is 'One execution of an action of a run.';
comment on column public.workflow_action_logs.workflow_version is
  'Its run''s version, here too so that its compiled action is one index look-up away.';
comment on column public.workflow_action_logs.attempt is
  'Rises with each claim and is never reset; a report must quote it.';
comment on column public.workflow_action_logs.tries is 'How many retries were used up, of max_retries.';
comment on column public.workflow_action_logs.final is 'Marks a failure that nothing retries by itself.';
comment on column public.workflow_action_logs.execute_at is
  'When it is due; for a waiting one, when its answer is overdue.';
comment on column public.workflow_action_logs.lease_expires_at is
  'Until when the worker that claimed it holds it; read against clock_timestamp(), which never travels.';
comment on column public.workflow_action_logs.meta is
  'Handed to the handler; the application''s own, but for "condition", the values that decided its condition.';
comment on column public.workflow_action_logs.output is
  'What the handler returned, exactly: 0, false, null and "" are kept.';
comment on column public.workflow_action_logs.error is 'What went wrong the last time.';
comment on column public.workflow_action_logs.http_status is
  'The HTTP status that the last attempt got from whoever it called, if any.';
comment on column public.workflow_action_logs.reason is
  'Why it did not run: its condition, a choice that took another branch, what it depends on, or a join that did not need it.';
comment on column public.workflow_action_logs.waits_for is
  'What it waits for, or waited for last: callback, sleep, event, approval, run (a child''s end) or items.';
comment on column public.workflow_action_logs.is_held is
  'Whether a pause keeps it from being claimed.';
comment on column public.workflow_action_logs.item is 'Its item in a fan-out, $.item.';
comment on column public.workflow_action_logs.item_index is 'The position of its item in a fan-out.';


-- 20_runs/action_name.sql

-- The name of a log's action, for what outlives its definition.
create or replace function workflow_engine.action_name(log public.workflow_action_logs)
returns text
language sql
stable
set search_path = ''
as $$
  select a.name
  from workflow_engine.action_version a
  where a.workflow_id = (action_name.log).workflow_id and a.version = (action_name.log).workflow_version
    and a.workflow_action_id = (action_name.log).workflow_action_id;
$$;

comment on function workflow_engine.action_name(public.workflow_action_logs) is
  'The name of an action log''s action; null when its workflow was deleted.';


-- 20_runs/workflow_history.sql

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


-- 20_runs/action_log_transition.sql

-- The state machine of an action log: the only transitions that the database lets anybody make.
create table workflow_engine.action_log_transition (
  from_status text not null,
  to_status text not null,
  cause text not null,
  constraint action_log_transition_pkey primary key (from_status, to_status)
);

insert into workflow_engine.action_log_transition (from_status, to_status, cause)
values
  ('not_started', 'processing', 'claim'),
  ('not_started', 'skipped', 'its condition is not true, or what it depends on did not end as it asks'),
  ('not_started', 'failed', 'its data cannot be evaluated'),
  ('not_started', 'waiting', 'its items were created, or are repeated; a reminder cannot be made, or is too late'),
  ('not_started', 'completed', 'a choice was made, or there were no items'),
  ('not_started', 'stopped', 'a person, or its run'),
  ('waiting', 'stopped', 'a person, or its run'),
  ('processing', 'completed', 'report'),
  ('processing', 'not_started', 'retry with backoff; its lease ran out or was given back'),
  ('processing', 'failed', 'report of a final error; no tries left; an application said so'),
  ('processing', 'waiting', 'the action waits for an answer'),
  ('processing', 'stopped', 'a person, or its run'),
  ('waiting', 'completed', 'the answer'),
  ('waiting', 'failed', 'the answer, or no answer in time'),
  ('waiting', 'not_started', 'an answer that asks for a retry; a reminder is due'),
  ('failed', 'stopped', 'a person, or its run, where an application wrote the failure'),
  ('failed', 'not_started', 'retry of a failure that an application wrote, or by a person'),
  ('stopped', 'not_started', 'retry by a person'),
  ('skipped', 'not_started', 'retry by a person of what it follows, where it had begun');

comment on table workflow_engine.action_log_transition is
  'The allowed transitions of an action log, and what causes each.';


-- 20_runs/fan_out.sql

-- The state of an action that runs once for each item of an array: how far its items have come. One row
-- is locked for each batch of results, never the run's.
create table workflow_engine.fan_out (
  run_id uuid not null,
  workflow_action_id uuid not null,
  total integer not null,
  next_item integer not null,
  unfinished integer not null,
  failed integer not null default 0,
  tolerated integer not null,
  constraint fan_out_pkey primary key (run_id, workflow_action_id),
  constraint fan_out_belongs_to_a_run
    foreign key (run_id) references public.workflow_run (id) on delete cascade,
  constraint next_item_is_part_of_total check (next_item between 0 and total),
  constraint unfinished_is_part_of_total check (unfinished between 0 and total),
  constraint failed_is_part_of_total check (failed between 0 and total)
);

comment on table workflow_engine.fan_out is
  'How far the items of a fan-out have come.';
comment on column workflow_engine.fan_out.next_item is
  'The index below which no item awaits its turn: the next ones to run, within max_concurrency, are from here on.';
comment on column workflow_engine.fan_out.tolerated is 'How many items may fail before the action does.';


-- 20_runs/event_scope.sql

-- Where an event is looked for: among those of its organization and its name. As a number, in which no organization
-- is one of its own. No `set` clause, here and below, so that they are inlined.
create or replace function workflow_engine.event_scope(organization_id text, name text)
returns bigint
language sql
immutable
return hashtextextended(name, coalesce(hashtextextended(organization_id, 1), 0));

comment on function workflow_engine.event_scope(text, text) is
  'The hash of an event''s organization and name.';

-- What an event says, or must say, within its scope: an index on that finds none of another organization's.
create or replace function workflow_engine.scoped(scope bigint, payload jsonb)
returns jsonb
language sql
immutable
return jsonb_set('{}', array[scope::text], payload);

comment on function workflow_engine.scoped(bigint, jsonb) is
  'A payload, or a match, under the number of its scope.';


-- 20_runs/awaited_event.sql

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


-- 20_runs/workflow_approval.sql

-- A question to a person. Its life: pending → approved or rejected by somebody, expired, or stopped with
-- its action. The answer is the output of the action that asks.
create table public.workflow_approval (
  id uuid not null default workflow_engine.new_id(),
  organization_id text,
  run_id uuid not null,
  action_log_id uuid not null,
  attempt integer not null,
  role text,
  message text not null,
  details jsonb not null default '{}',
  status text not null default 'pending',
  requested_at timestamptz not null default workflow_engine.clock(),
  expires_at timestamptz not null,
  remind_after interval,
  remind_at timestamptz,
  reminders integer not null default 0,
  decided_at timestamptz,
  decided_by text,
  comment text,
  constraint workflow_approval_pkey primary key (id),
  constraint approval_belongs_to_an_action_log
    foreign key (action_log_id) references public.workflow_action_logs (id) on delete cascade,
  constraint an_action_asks_once unique (action_log_id),
  constraint approval_status_is_known
    check (status in ('pending', 'approved', 'rejected', 'expired', 'stopped')),
  constraint only_a_decision_has_a_decider
    check ((status in ('approved', 'rejected')) = (decided_by is not null and decided_at is not null)),
  constraint approval_details_are_an_object check (jsonb_typeof(details) = 'object'),
  constraint reminders_are_counted check (reminders >= 0)
);

-- "What is there to decide in this organization?"
create index workflow_approval_pending_idx
  on public.workflow_approval (organization_id, requested_at)
  where status = 'pending';

-- "Which have not been decided in time?"
create index workflow_approval_expiry_idx
  on public.workflow_approval (expires_at)
  where status = 'pending';

-- "Who was asked in this run?"
create index workflow_approval_run_idx on public.workflow_approval (run_id);

comment on table public.workflow_approval is 'A question to a person that an action waits for.';
comment on column public.workflow_approval.attempt is 'The attempt of the action that asks.';
comment on column public.workflow_approval.role is 'The role that a member needs to decide; any member may without it.';
comment on column public.workflow_approval.status is 'pending, approved, rejected, expired, or stopped with its action.';
comment on column public.workflow_approval.remind_after is 'How long after the question, and after each reminder, the next one is due.';
comment on column public.workflow_approval.remind_at is 'When the next reminder is due, if there is one.';
comment on column public.workflow_approval.reminders is 'How many reminders were due so far.';

-- The links by which an approval can be decided without signing in. Only the hash is kept.
create table workflow_engine.approval_token (
  hash bytea not null,
  approval_id uuid not null,
  recipient text not null,
  constraint approval_token_pkey primary key (hash),
  constraint approval_token_opens_an_approval
    foreign key (approval_id) references public.workflow_approval (id) on delete cascade
);

create index approval_token_approval_idx on workflow_engine.approval_token (approval_id);

comment on table workflow_engine.approval_token is 'The links by which an approval can be decided.';
comment on column workflow_engine.approval_token.hash is 'The SHA-256 of the token in the link.';
comment on column workflow_engine.approval_token.recipient is 'Whom the link was sent to.';


-- 20_runs/unneeded_child.sql

-- A run whose parent has stopped the action that waited for it. The next claim stops it: whoever stopped the action
-- holds the parent's run, for which a report that holds the child's logs may wait.
create table workflow_engine.unneeded_child (
  run_id uuid not null,
  stop_at timestamptz not null default clock_timestamp(),
  marked_by xid8 not null default pg_current_xact_id(),
  constraint unneeded_child_pkey primary key (run_id)
);

comment on table workflow_engine.unneeded_child is
  'The runs that are to be stopped because the action that waited for them was.';
comment on column workflow_engine.unneeded_child.stop_at is
  'When a claim tries to stop it, or, after one that found it locked, tries again; read against clock_timestamp().';
comment on column workflow_engine.unneeded_child.marked_by is
  'The transaction that stopped the action; it does not stop the run as well.';


-- 20_runs/pause.sql

-- What is paused beside single runs: all runs of a workflow, or all actions of a type.
create table workflow_engine.pause (
  id uuid not null default workflow_engine.new_id(),
  workflow_id uuid,
  action_type text,
  constraint pause_pkey primary key (id),
  constraint a_pause_is_of_one_thing check (num_nonnulls(workflow_id, action_type) = 1),
  constraint a_thing_is_paused_once unique nulls not distinct (workflow_id, action_type),
  constraint pause_belongs_to_a_workflow
    foreign key (workflow_id) references public.workflow (id) on delete cascade
);

comment on table workflow_engine.pause is 'The workflows and action types that are paused.';

-- A row for each resume that may have left held action logs; the tick lets go of those, and removes it.
create table workflow_engine.release_request (
  id uuid not null default workflow_engine.new_id(),
  constraint release_request_pkey primary key (id)
);

comment on table workflow_engine.release_request is
  'What resumes may have left for the tick to let go of.';


-- 30_events/attachment.sql

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


-- 30_events/capture.sql

-- The listed keys of a record; the whole record when none are listed. Takes the others away, because
-- jsonb_object_agg() would need time with the square of the length of an array in it.
create or replace function workflow_engine.pick_columns(record jsonb, columns text[])
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when pick_columns.columns is null then pick_columns.record
    else pick_columns.record - array(
      select k.key
      from jsonb_object_keys(pick_columns.record) k (key)
      where k.key <> all (pick_columns.columns)
    )
  end;
$$;

comment on function workflow_engine.pick_columns(jsonb, text[]) is
  'A record with only the listed columns; with all of them when the list is null.';

-- The primary key of a record as text: the value, or a JSON array of texts when it has several columns.
create or replace function workflow_engine.record_key(record jsonb, key_columns text[])
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when cardinality(record_key.key_columns) = 1 then record_key.record ->> record_key.key_columns[1]
    else (
      select jsonb_agg(record_key.record ->> k.name order by k.ordinality)::text
      from unnest(record_key.key_columns) with ordinality k (name, ordinality)
    )
  end;
$$;

comment on function workflow_engine.record_key(jsonb, text[]) is
  'A record''s primary key as text, as related_table_pkey holds it.';

-- The database trigger of an attached table: appends an event a row, in the statement's transaction,
-- and asks for one wake-up. No condition, no foreign key, no exception block: nothing here depends
-- on a definition, so nothing that a definition says can fail or slow down a user's write.
-- Arguments: schema, table, key columns, columns or '', organization column or ''. `offset 0` keeps
-- Postgres from converting a row once for each time its record is mentioned. Security definer because
-- whoever may write the table need not be able to write events.
create or replace function workflow_engine.capture()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_table text := tg_argv[0] || '.' || tg_argv[1];
  v_key_columns text[] := tg_argv[2]::text[];
  v_key_column text := case cardinality(v_key_columns) when 1 then v_key_columns[1] end;
  v_columns text[] := nullif(tg_argv[3], '')::text[];
  v_organization text := nullif(tg_argv[4], '');
  v_now timestamptz := workflow_engine.clock();
begin
  if tg_op = 'INSERT' then
    insert into public.workflow_event (occurred_at, organization_id, name, source, related_table, related_table_pkey, payload)
    select
      v_now, c.payload -> 'record' ->> v_organization, v_table || '.insert', 'table', v_table,
      coalesce(c.payload #>> array['record', v_key_column], workflow_engine.record_key(c.payload -> 'record', v_key_columns)),
      case
        when v_columns is null then c.payload
        else jsonb_set(c.payload, '{record}', workflow_engine.pick_columns(c.payload -> 'record', v_columns))
      end
    from (
      select to_jsonb(p) as payload
      from (select 'INSERT' as type, tg_argv[0] as schema, tg_argv[1] as "table", "workflow_engine.row" as record, null as old_record from new_rows "workflow_engine.row") p
      offset 0
    ) c;
  elsif tg_op = 'UPDATE' then
    insert into public.workflow_event (occurred_at, organization_id, name, source, related_table, related_table_pkey, payload)
    select
      v_now, coalesce(n.record, o.record) ->> v_organization, v_table || '.' || lower(t.type), 'table', v_table,
      coalesce(n.key, o.key),
      jsonb_build_object(
        'type', t.type, 'schema', tg_argv[0], 'table', tg_argv[1],
        'record', case when v_columns is null then n.record else workflow_engine.pick_columns(n.record, v_columns) end,
        'old_record', case when v_columns is null then o.record else workflow_engine.pick_columns(o.record, v_columns) end
      )
    from (
      select c.record, coalesce(c.record ->> v_key_column, workflow_engine.record_key(c.record, v_key_columns)) as key
      from (select to_jsonb(r.*) as record from new_rows r offset 0) c
    ) n
    full join (
      select c.record, coalesce(c.record ->> v_key_column, workflow_engine.record_key(c.record, v_key_columns)) as key
      from (select to_jsonb(r.*) as record from old_rows r offset 0) c
    ) o on o.key = n.key
    cross join lateral (
      select case when o.key is null then 'INSERT' when n.key is null then 'DELETE' else 'UPDATE' end as type
    ) t;
  elsif tg_op = 'DELETE' then
    insert into public.workflow_event (occurred_at, organization_id, name, source, related_table, related_table_pkey, payload)
    select
      v_now, c.record ->> v_organization, v_table || '.delete', 'table', v_table,
      coalesce(c.record ->> v_key_column, workflow_engine.record_key(c.record, v_key_columns)),
      jsonb_build_object(
        'type', 'DELETE', 'schema', tg_argv[0], 'table', tg_argv[1], 'record', null,
        'old_record', case when v_columns is null then c.record else workflow_engine.pick_columns(c.record, v_columns) end
      )
    from (select to_jsonb(o.*) as record from old_rows o offset 0) c;
  end if;
  if found then
    perform workflow_engine.request_wake();
  end if;
  return null;
end;
$$;

comment on function workflow_engine.capture() is
  'Security definer because whoever may write an attached table need not be able to write events. The database trigger of attached tables: appends an event a row.';

-- The same for TRUNCATE, which has no rows: one event about the table.
create or replace function workflow_engine.capture_truncate()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_table text := tg_argv[0] || '.' || tg_argv[1];
begin
  insert into public.workflow_event (name, source, related_table, payload)
  values (
    v_table || '.truncate', 'table', v_table,
    jsonb_build_object('type', 'TRUNCATE', 'schema', tg_argv[0], 'table', tg_argv[1], 'record', null, 'old_record', null)
  );
  perform workflow_engine.request_wake();
  return null;
end;
$$;

comment on function workflow_engine.capture_truncate() is
  'Security definer because whoever may truncate an attached table need not be able to write events. The database trigger of attached tables for TRUNCATE.';


-- 30_events/attach.sql

-- The columns of a table's primary key, in its order.
create or replace function workflow_engine.primary_key_columns(table_name regclass)
returns text[]
language sql
stable
set search_path = ''
as $$
  select array_agg(a.attname::text order by k.ordinality)
  from pg_catalog.pg_index x
  cross join lateral unnest(x.indkey::smallint[]) with ordinality k (number, ordinality)
  join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number
  where x.indrelid = primary_key_columns.table_name and x.indisprimary;
$$;

comment on function workflow_engine.primary_key_columns(regclass) is
  'The columns of a table''s primary key, in order.';

-- Why a table cannot be captured, as a sentence, or null. Views and foreign tables have no statement
-- triggers with transition tables, inherited ones would be seen half, the engine's own would loop. A key
-- must be one text in JSON, by which the record is found again; "a.b".c and a."b.c" have one name.
create or replace function workflow_engine.find_attach_fault(table_name regclass)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when c.relkind not in ('r', 'p') then 'it is not a table'
    when c.relpersistence = 't' then 'it is temporary'
    when n.nspname in ('workflow_engine', 'pg_catalog', 'information_schema') or c.oid in (
      'public.workflow'::regclass, 'public.workflow_action'::regclass, 'public.workflow_event'::regclass,
      'public.workflow_run'::regclass, 'public.workflow_action_logs'::regclass, 'public.workflow_history'::regclass
    ) then 'it is a table of the engine or of the system'
    when c.relispartition then 'it is a partition; attach the partitioned table instead'
    when exists (
      select from pg_catalog.pg_inherits i where i.inhrelid = c.oid or (i.inhparent = c.oid and c.relkind = 'r')
    ) then 'it takes part in table inheritance'
    when not exists (
      select from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisprimary
    ) then 'it has no primary key'
    when exists (
      select
      from unnest(workflow_engine.primary_key_columns(c.oid)) k (name)
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = k.name
      join pg_catalog.pg_type t on t.oid = a.atttypid
      where t.typcategory in ('A', 'C') or 'jsonb'::regtype in (t.oid, t.typbasetype)
    ) then 'its primary key holds arrays, rows or JSON'
    else (
      select format('its events would be called like those of %s, which must be detached first', o.oid::regclass)
      from workflow_engine.attachment a
      join pg_catalog.pg_class o on o.oid = a.table_id
      where a.related_table = n.nspname || '.' || c.relname and o.oid <> c.oid
    )
  end
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = find_attach_fault.table_name;
$$;

comment on function workflow_engine.find_attach_fault(regclass) is
  'Why a table cannot be attached, as a sentence, or null.';

-- Takes the engine's database triggers off one table.
create or replace function workflow_engine.drop_capture_triggers(table_name regclass)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_trigger name;
begin
  for v_trigger in
    select t.tgname
    from pg_catalog.pg_trigger t
    where t.tgrelid = drop_capture_triggers.table_name
      and t.tgfoid in ('workflow_engine.capture()'::regprocedure, 'workflow_engine.capture_truncate()'::regprocedure)
  loop
    execute format('drop trigger %I on %s', v_trigger, drop_capture_triggers.table_name);
  end loop;
end;
$$;

comment on function workflow_engine.drop_capture_triggers(regclass) is
  'Takes the engine''s database triggers off a table.';

-- Puts the engine's database triggers on one table: an attached one or a partition of it. A partition
-- has none for TRUNCATE: one of all of them would be told once for each, one of it alone would be told
-- as if the whole table were empty.
create or replace function workflow_engine.create_capture_triggers(table_name regclass, attachment workflow_engine.attachment)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_event text;
begin
  foreach v_event in array (create_capture_triggers.attachment).events || array['truncate'] loop
    continue when v_event = 'truncate' and create_capture_triggers.table_name <> (create_capture_triggers.attachment).table_id;
    execute format(
      'create trigger %I after %s on %s %s for each statement execute function workflow_engine.%I(%L, %L, %L, %L, %L)',
      'workflow_capture_' || v_event,
      v_event,
      create_capture_triggers.table_name,
      case v_event
        when 'insert' then 'referencing new table as new_rows'
        when 'update' then 'referencing old table as old_rows new table as new_rows'
        when 'delete' then 'referencing old table as old_rows'
        else ''
      end,
      case v_event when 'truncate' then 'capture_truncate' else 'capture' end,
      (create_capture_triggers.attachment).schema_name,
      (create_capture_triggers.attachment).table_name,
      (create_capture_triggers.attachment).key_columns,
      coalesce((create_capture_triggers.attachment).columns::text, ''),
      coalesce((create_capture_triggers.attachment).organization_column, '')
    );
  end loop;
end;
$$;

comment on function workflow_engine.create_capture_triggers(regclass, workflow_engine.attachment) is
  'Puts the engine''s database triggers on a table as its attachment says.';

-- Attached tables and their partitions that lack triggers get them; the tick calls this, so that a
-- new partition is captured within a minute.
create or replace function workflow_engine.attach_partitions()
returns void
language sql
set search_path = ''
as $$
  select workflow_engine.create_capture_triggers(p.relid::regclass, a)
  from workflow_engine.attachment a
  join pg_catalog.pg_class c on c.oid = a.table_id and c.relkind = 'p'
  cross join lateral pg_catalog.pg_partition_tree(a.table_id::regclass) p
  where not exists (
    select from pg_catalog.pg_trigger t
    where t.tgrelid = p.relid and t.tgfoid = 'workflow_engine.capture()'::regprocedure
  );
$$;

comment on function workflow_engine.attach_partitions() is
  'Puts database triggers on partitions of attached tables that have none yet.';

-- Raises for what workflow_attach() cannot do with its arguments.
create or replace function workflow_engine.check_attach(
  table_name regclass,
  events text[],
  columns text[],
  organization_column text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault text := workflow_engine.find_attach_fault(check_attach.table_name);
  v_hint text := 'Attach an ordinary or partitioned table that has a primary key.';
  v_column text;
begin
  if v_fault is null and (check_attach.events <@ array['insert', 'update', 'delete'] and cardinality(check_attach.events) > 0) is not true then
    v_fault := format('the events %s are not among insert, update, delete', coalesce(check_attach.events::text, 'null'));
    v_hint := 'Leave events out to capture all three.';
  end if;
  select c.name into v_column
  from unnest(check_attach.columns || check_attach.organization_column) c (name)
  where c.name is not null and not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = check_attach.table_name and a.attname = c.name and a.attnum > 0 and not a.attisdropped
  );
  if v_fault is null and v_column is not null then
    v_fault := format('it has no column "%s"', v_column);
    v_hint := 'Name columns as the table does.';
  end if;
  if v_fault is null and check_attach.columns is null and exists (
    select from pg_catalog.pg_class c
    where c.oid = check_attach.table_name and c.relnamespace = 'auth'::regnamespace
  ) then
    v_fault := 'a table of schema auth shows only the columns that are listed';
    v_hint := 'List them: select workflow_attach(''auth.users'', columns => array[''id'', ''email'']).';
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT422', 'attach.refused', format('Cannot attach %s: %s', check_attach.table_name, v_fault), v_hint
    );
  end if;
end;
$$;

comment on function workflow_engine.check_attach(regclass, text[], text[], text) is
  'Raises PT422 for a table, event or column that cannot be attached.';

-- Makes the changes of a table events. Again, it replaces what was said before, also of a table that was
-- dropped and created anew since.
create or replace function public.workflow_attach(
  table_name regclass,
  events text[] default array['insert', 'update', 'delete'],
  columns text[] default null,
  organization_column text default null
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_attachment workflow_engine.attachment;
  v_table regclass;
begin
  perform workflow_engine.check_attach(
    workflow_attach.table_name, workflow_attach.events, workflow_attach.columns, workflow_attach.organization_column
  );
  select
    n.nspname || '.' || c.relname, n.nspname, c.relname, c.oid, workflow_attach.events,
    workflow_engine.primary_key_columns(workflow_attach.table_name), workflow_attach.columns,
    workflow_attach.organization_column
  into v_attachment
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = workflow_attach.table_name;
  perform public.workflow_detach(workflow_attach.table_name);
  delete from workflow_engine.attachment a where a.related_table = v_attachment.related_table;
  insert into workflow_engine.attachment select v_attachment.*;
  for v_table in select p.relid from pg_catalog.pg_partition_tree(workflow_attach.table_name) p
    union select workflow_attach.table_name
  loop
    perform workflow_engine.create_capture_triggers(v_table, v_attachment);
  end loop;
end;
$$;

comment on function public.workflow_attach(regclass, text[], text[], text) is
  'Makes the changes of a table events named <schema>.<table>.<insert|update|delete|truncate>. `columns` are the only ones that leave the table (all when null; must be listed in schema auth); `organization_column` says whose a record is. Raises PT422 for a table that cannot be captured.';

-- Stops capturing a table and its partitions; events that were captured stay.
create or replace function public.workflow_detach(table_name regclass)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_table regclass;
begin
  for v_table in
    select t.tgrelid::regclass
    from pg_catalog.pg_trigger t
    where t.tgfoid in ('workflow_engine.capture()'::regprocedure, 'workflow_engine.capture_truncate()'::regprocedure)
      and (
        t.tgrelid = workflow_detach.table_name
        or t.tgrelid in (select p.relid from pg_catalog.pg_partition_tree(workflow_detach.table_name) p)
      )
    group by t.tgrelid
  loop
    perform workflow_engine.drop_capture_triggers(v_table);
  end loop;
  delete from workflow_engine.attachment a where a.table_id = workflow_detach.table_name;
end;
$$;

comment on function public.workflow_detach(regclass) is
  'Stops capturing the changes of a table.';


-- 30_events/expand_events.sql

-- A time that an expression found, as an instant. Without a zone of its own it is read in `timezone`;
-- what is no time of the years 1 to 9999 is null, so that any interval may be added to it. SQL/JSON's
-- datetime() is silent where a cast would raise; it does not know the suffix Z, which JavaScript writes, nor a time
-- without seconds, which forms send.
create or replace function workflow_engine.to_instant(value jsonb, timezone text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_value jsonb := to_jsonb(regexp_replace(
    regexp_replace(to_instant.value #>> '{}', 'Z$', '+00:00'), '^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(?=[+-]|$)', '\1:00'
  ));
  v_text text := substring(jsonb_path_query_first_tz(v_value, '$.datetime()', '{}', true) #>> '{}', '^\d{4}-.*');
begin
  return case jsonb_path_query_first_tz(v_value, '$.datetime().type()', '{}', true) #>> '{}'
    when 'timestamp with time zone' then v_text::timestamptz
    when 'timestamp without time zone' then v_text::timestamp at time zone to_instant.timezone
    when 'date' then v_text::timestamp at time zone to_instant.timezone
  end;
end;
$$;

comment on function workflow_engine.to_instant(jsonb, text) is
  'A JSON text as an instant, read in the time zone when it has none of its own; null when it is no time.';

-- Whether a condition holds: null conditions do, unknown is false, and a costly one over large data is
-- null, so that a definition cannot buy more work than its data's size.
create or replace function workflow_engine.holds(condition jsonpath, is_costly boolean, root jsonb, max_bytes integer)
returns boolean
language sql
stable
return case
  when condition is null then true
  when is_costly and pg_column_size(root) > max_bytes then null
  else coalesce(jsonb_path_match_tz(root, condition, '{}', true), false)
end;

comment on function workflow_engine.holds(jsonpath, boolean, jsonb, integer) is
  'Whether a condition holds on the data; null when it is too costly for data of that size.';

-- What a workflow's own condition and relative_to look at: there is no run yet.
create or replace function workflow_engine.event_root(payload jsonb, vars jsonb, at_time timestamptz)
returns jsonb
language sql
stable
return jsonb_build_object('event', payload, 'record', payload -> 'record', 'vars', vars, 'now', at_time);

comment on function workflow_engine.event_root(jsonb, jsonb, timestamptz) is
  'What a workflow''s own condition and relative_to look at.';

-- When a run begins, or null when it does not: phase and interval count from relative_to, in wall
-- time of the workflow's zone, so that "a day before" keeps its hour when daylight saving changes.
create or replace function workflow_engine.plan_start(
  version workflow_engine.workflow_version,
  root jsonb,
  occurred_at timestamptz,
  at_time timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_anchor timestamptz := plan_start.occurred_at;
  v_shift interval := case (plan_start.version).phase
    when 'before' then -(plan_start.version)."interval"
    when 'after' then (plan_start.version)."interval"
    else interval '0'
  end;
  v_start timestamptz;
begin
  if (plan_start.version).relative_to is not null then
    v_anchor := workflow_engine.to_instant(
      jsonb_path_query_first_tz(plan_start.root, (plan_start.version).relative_to, '{}', true),
      (plan_start.version).timezone
    );
  end if;
  v_start := (v_anchor at time zone (plan_start.version).timezone + v_shift) at time zone (plan_start.version).timezone;
  if v_start is null or v_start >= plan_start.at_time or (plan_start.version).relative_to is null then
    return v_start;
  end if;
  return case
    when (plan_start.version).if_past = 'run_now' then plan_start.at_time
    when (plan_start.version).if_past = 'run_if_within'
      and v_start + (plan_start.version).if_past_within >= plan_start.at_time then plan_start.at_time
  end;
end;
$$;

comment on function workflow_engine.plan_start(workflow_engine.workflow_version, jsonb, timestamptz, timestamptz) is
  'When a run of this version begins for an event, or null when it does not.';

-- Whether a record has begun as many runs of a workflow within a minute as it may: a workflow that changes
-- the table that triggers it would never come to rest.
create or replace function workflow_engine.is_throttled(
  workflow_id uuid,
  related_table text,
  related_table_pkey text,
  at_time timestamptz,
  max_runs integer
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return is_throttled.related_table_pkey is not null and (is_throttled.max_runs <= 0 or exists (
    select from public.workflow_run r
    where r.related_table = is_throttled.related_table
      and r.related_table_pkey = is_throttled.related_table_pkey
      and r.workflow_id = is_throttled.workflow_id
      and r.created_at > is_throttled.at_time - interval '1 minute'
    order by r.created_at
    offset is_throttled.max_runs - 1
    limit 1
  ));
end;
$$;

comment on function workflow_engine.is_throttled(uuid, text, text, timestamptz, integer) is
  'Whether a record has begun as many runs of a workflow in the last minute as it may.';

-- Matches events with definitions: a run for each pair whose condition holds. An event of an
-- organization reaches that organization's workflows and the platform's own; one without reaches only
-- the platform's. A run belongs to its event's organization. A run that a record may not begin now begins
-- a minute later.
create or replace function workflow_engine.start_runs(event_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_settings workflow_engine.settings := (select s from workflow_engine.settings s);
  v_runs uuid[];
begin
  with matched as (
    select e.id, e.organization_id, e.related_table, e.related_table_pkey, v.workflow_id, v.version,
      workflow_engine.plan_start(v, r.root, e.occurred_at, v_now) as starts_at,
      workflow_engine.holds(v.condition, v.condition_is_costly, r.root, v_settings.costly_expression_bytes) as holds
    from public.workflow_event e
    join public.workflow w
      on w.trigger = e.name and w.is_active
      and (w.organization_id is null or w.organization_id = e.organization_id)
    join workflow_engine.workflow_version v on v.workflow_id = w.id and v.version = w.version
    cross join lateral (select workflow_engine.event_root(e.payload, v.vars, v_now) as root) r
    where e.id = any (start_runs.event_ids)
  ),
  planned as (
    select m.*, workflow_engine.new_id() as run_id, workflow_engine.is_throttled(
      m.workflow_id, m.related_table, m.related_table_pkey, v_now,
      v_settings.max_runs_per_record + 1 - row_number() over (
        partition by m.workflow_id, m.related_table, m.related_table_pkey order by m.id
      )::integer
    ) as is_throttled
    from matched m
    where m.holds and m.starts_at is not null
  ),
  refused as (
    insert into public.workflow_history (organization_id, workflow_id, run_id, kind, recorded_at, error, detail)
    select m.organization_id, m.workflow_id, null::uuid, 'event_failed', v_now,
      format('The condition has two wildcards and its data more than %s bytes', v_settings.costly_expression_bytes),
      jsonb_build_object('event_id', m.id)
    from matched m
    where m.holds is null
    union all
    select p.organization_id, p.workflow_id, p.run_id, 'throttled', v_now,
      format('A record began more than %s runs within a minute', v_settings.max_runs_per_record),
      jsonb_build_object('event_id', p.id, 'related_table', p.related_table, 'related_table_pkey', p.related_table_pkey)
    from planned p
    where p.is_throttled
  ),
  started as (
    insert into public.workflow_run (
      id, organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, starts_at
    )
    select p.run_id, p.organization_id, p.workflow_id, p.version, p.id, p.related_table, p.related_table_pkey,
      case when p.is_throttled then greatest(p.starts_at, v_now + interval '1 minute') else p.starts_at end
    from planned p
    on conflict on constraint an_event_starts_a_workflow_once do nothing
    returning id
  )
  select coalesce(array_agg(s.id), '{}') into v_runs from started s;
  update public.workflow_event e
  set expanded_at = v_now
  where e.id = any (start_runs.event_ids);
  perform workflow_engine.keep_awaited_events(start_runs.event_ids);
  perform workflow_engine.advance_runs(v_runs);
  return v_runs;
end;
$$;

comment on function workflow_engine.start_runs(uuid[]) is
  'Matches events with definitions, creates their runs and first action logs, and returns the runs.';

-- An event that could not be matched is put aside with its error, so that it cannot hold up others.
create or replace function workflow_engine.start_runs_one_by_one(event_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_event uuid;
begin
  foreach v_event in array start_runs_one_by_one.event_ids loop
    begin
      perform workflow_engine.start_runs(array[v_event]);
    exception
      when others then
        update public.workflow_event e
        set expanded_at = workflow_engine.clock(), error = sqlerrm
        where e.id = v_event;
        insert into public.workflow_history (organization_id, kind, error, detail)
        select e.organization_id, 'event_failed', sqlerrm, jsonb_build_object('event_id', e.id)
        from public.workflow_event e
        where e.id = v_event;
    end;
  end loop;
end;
$$;

comment on function workflow_engine.start_runs_one_by_one(uuid[]) is
  'Matches each event on its own and puts those that fail aside with their error.';

-- Takes a batch of events that nobody else is matching. Skips locked ones, so workers share the work.
-- Slice by slice, each twice the last, and no further once a second has passed: a definition that is slow
-- on each of a thousand events must not keep every call from coming to its end.
create or replace function workflow_engine.expand_events()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1 second';
  v_left integer := (select s.events_per_batch from workflow_engine.settings s);
  v_slice integer := 25;
  v_taken integer := 0;
  v_events uuid[];
begin
  while v_left > 0 and clock_timestamp() < v_until loop
    select coalesce(array_agg(e.id), '{}')
    into v_events
    from (
      select e.id
      from public.workflow_event e
      where e.expanded_at is null
      order by e.id
      limit least(v_slice, v_left)
      for update skip locked
    ) e;
    exit when v_events = '{}';
    begin
      perform workflow_engine.start_runs(v_events);
    exception
      when others then
        perform workflow_engine.start_runs_one_by_one(v_events);
    end;
    v_taken := v_taken + cardinality(v_events);
    v_left := v_left - cardinality(v_events);
    v_slice := v_slice * 2;
  end loop;
  return v_taken;
end;
$$;

comment on function workflow_engine.expand_events() is
  'Matches a batch of new events with definitions, for about a second at most; returns how many it took.';

-- Why an event started the workflows that listen for it, or did not: a condition that is not true leaves no
-- run in which one could look. They are asked as they are now. For people, and called by nothing.
create or replace function workflow_engine.explain_event(event_id uuid)
returns table (workflow text, condition jsonb, run_id uuid)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select w.name, workflow_engine.explain_condition(v.condition, workflow_engine.event_root(e.payload, v.vars, e.occurred_at)), r.id
    from public.workflow_event e
    join public.workflow w
      on w.trigger = e.name and (w.organization_id is null or w.organization_id = e.organization_id)
    join workflow_engine.workflow_version v on v.workflow_id = w.id and v.version = w.version
    left join public.workflow_run r on r.event_id = e.id and r.workflow_id = w.id
    where e.id = explain_event.event_id
    order by w.name;
end;
$$;

comment on function workflow_engine.explain_event(uuid) is
  'What the conditions of the workflows that listen for an event say about it, and which run it started.';


-- 30_events/workflow_emit.sql

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


-- 40_dispatch/wake.sql

-- The wake-up: a signed request to the function that carries no work. Its life: a statement that
-- leaves work inserts a row into wake_request → at commit the deferred constraint trigger decides →
-- net.http_post queues the request, which pg_net sends once the transaction has committed.

-- A row a transaction that leaves work. Only its constraint trigger reads it; the tick removes it.
create unlogged table workflow_engine.wake_request (
  transaction_id xid8 not null default pg_current_xact_id(),
  constraint wake_request_pkey primary key (transaction_id)
);

comment on table workflow_engine.wake_request is
  'One row for each transaction that leaves work: what the deferred trigger of the wake-up hangs on.';

-- The last ring, outside of any transaction and without a lock that another one could wait on: when
-- (milliseconds since 1970), by which transaction, and the number that pg_net gave the request.
create unlogged sequence workflow_engine.last_ring_at minvalue 0 start 0;

create unlogged sequence workflow_engine.last_ring_transaction minvalue 0 start 0;

create unlogged sequence workflow_engine.last_ring_request minvalue 0 start 0;

comment on sequence workflow_engine.last_ring_at is
  'When the function was last rung, in milliseconds since 1970.';
comment on sequence workflow_engine.last_ring_transaction is 'The transaction that rang last.';
comment on sequence workflow_engine.last_ring_request is 'The id that pg_net gave the last ring.';

-- A secret of Vault, or null. Vault raises for one that it cannot decrypt (inserted by hand, or of
-- another project's key); that must stop neither the tick nor a claim. workflow_doctor() tells.
create or replace function workflow_engine.read_secret(name text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (select s.decrypted_secret from vault.decrypted_secrets s where s.name = read_secret.name);
exception
  when others then
    raise log 'workflow_engine.read_secret: %: %', read_secret.name, sqlerrm;
    return null;
end;
$$;

comment on function workflow_engine.read_secret(text) is
  'The secret of that name in Vault, decrypted; null when there is none or it cannot be decrypted.';

-- The headers of Standard Webhooks 1.0 for a body: id, timestamp and signature, one for each secret of
-- a space-separated list, so that two sign during a rotation.
create or replace function workflow_engine.sign_body(body text, secrets text, id text, at_time timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'content-type', 'application/json',
    'webhook-id', sign_body.id,
    'webhook-timestamp', t.seconds,
    'webhook-signature', string_agg(
      'v1,' || encode(
        extensions.hmac(
          convert_to(concat_ws('.', sign_body.id, t.seconds, sign_body.body), 'UTF8'),
          decode(regexp_replace(s.secret, '^whsec_', ''), 'base64'),
          'sha256'
        ), 'base64'
      ), ' '
    )
  )
  from string_to_table(sign_body.secrets, ' ') s (secret)
  cross join (select floor(extract(epoch from sign_body.at_time))::bigint::text as seconds) t
  group by t.seconds;
$$;

comment on function workflow_engine.sign_body(text, text, text, timestamptz) is
  'Headers that sign a body after Standard Webhooks 1.0; the secrets are whsec_…, separated by spaces.';

-- Rings the function: queues a signed request that leaves when this transaction commits. Returns
-- pg_net's id of it, or null when Vault does not hold what it takes (workflow_doctor() says so).
create or replace function workflow_engine.ring()
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_body constant jsonb := jsonb '{"type": "workflow.wake"}';
  v_url text := workflow_engine.read_secret('workflow_function_url');
  v_secret text := workflow_engine.read_secret('workflow_secret');
  v_request bigint;
begin
  if v_url is null or v_secret is null then
    return null;
  end if;
  v_request := net.http_post(
    url := v_url,
    body := v_body,
    headers := workflow_engine.sign_body(
      v_body::text, v_secret, 'msg_' || replace(workflow_engine.new_id()::text, '-', ''), clock_timestamp()
    ),
    timeout_milliseconds := 5000
  );
  perform setval('workflow_engine.last_ring_at', floor(extract(epoch from clock_timestamp()) * 1000)::bigint);
  perform setval('workflow_engine.last_ring_transaction', pg_current_xact_id()::text::bigint);
  perform setval('workflow_engine.last_ring_request', v_request);
  return v_request;
end;
$$;

comment on function workflow_engine.ring() is
  'Queues a signed wake-up of the function that leaves at commit; returns pg_net''s request id, or null when Vault lacks the URL or the secret.';

-- Whether the function was rung less than a second ago, on committed evidence: a ring of a transaction
-- that is still open, or that rolled back, silences nobody. The woken worker lingers for 2 s, so it
-- sees what commits until then.
create or replace function workflow_engine.rang_recently()
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_at bigint;
  v_transaction bigint;
begin
  select a.last_value, t.last_value
  into v_at, v_transaction
  from workflow_engine.last_ring_at a, workflow_engine.last_ring_transaction t;
  return v_at > extract(epoch from clock_timestamp()) * 1000 - 1000
    and pg_xact_status(v_transaction::text::xid8) = 'committed';
end;
$$;

comment on function workflow_engine.rang_recently() is
  'Whether a committed transaction rang the function less than a second ago.';

-- At commit. Catches everything: a wake-up that fails must never fail a user's transaction, and the
-- tick makes up for it.
create or replace function workflow_engine.wake()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not workflow_engine.rang_recently() then
    perform workflow_engine.ring();
  end if;
  return null;
exception
  when others then
    raise log 'workflow_engine.wake: %', sqlerrm;
    return null;
end;
$$;

comment on function workflow_engine.wake() is
  'Security definer because whoever commits work need not be able to ring. At commit: rings the function, unless it was rung just now.';

create constraint trigger wake
  after insert on workflow_engine.wake_request
  deferrable initially deferred
  for each row execute function workflow_engine.wake();

-- Asks for a wake-up at commit, once a transaction: the setting remembers which transaction asked, and
-- a rolled-back savepoint takes it back together with the row.
create or replace function workflow_engine.request_wake()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if current_setting('workflow_engine.woken_by', true) is distinct from pg_current_xact_id()::text then
    perform set_config('workflow_engine.woken_by', pg_current_xact_id()::text, true);
    insert into workflow_engine.wake_request default values on conflict do nothing;
  end if;
end;
$$;

comment on function workflow_engine.request_wake() is
  'Security definer because whoever leaves work need not be able to ring. Asks for a wake-up of the function when this transaction commits.';

-- For a caller that takes the work itself: this transaction asks for no wake-up.
create or replace function workflow_engine.mute_wake()
returns void
language sql
set search_path = ''
as $$
  select set_config('workflow_engine.woken_by', pg_current_xact_id()::text, true);
$$;

comment on function workflow_engine.mute_wake() is
  'Keeps this transaction from asking for a wake-up, because its caller takes the work itself.';


-- 40_dispatch/lock_owners.sql

-- Locks what an answer to an action log may move on, for those who wait for nobody: the fan-out of an item, then the
-- run, in the order of a report that ends a fan-out. False where somebody holds one of them just now.
create or replace function workflow_engine.lock_owners(run_id uuid, workflow_action_id uuid, item_index integer)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if lock_owners.item_index is not null then
    perform from workflow_engine.fan_out f
    where f.run_id = lock_owners.run_id and f.workflow_action_id = lock_owners.workflow_action_id
    for update skip locked;
    if not found then
      return false;
    end if;
  end if;
  perform from public.workflow_run r where r.id = lock_owners.run_id for no key update skip locked;
  return found;
end;
$$;

comment on function workflow_engine.lock_owners(uuid, uuid, integer) is
  'Locks the fan-out and the run of an action log, unless somebody else holds one of them; says whether it did.';


-- 40_dispatch/read_records.sql

-- A row of an attached table as it is now, and whose it is.
create type workflow_engine.current_record as (
  related_table_pkey text,
  organization_id text,
  record jsonb
);

comment on type workflow_engine.current_record is
  'A row of an attached table as it is now: its key as text, its organization, its columns.';

-- The current rows of an attached table by their keys, in one query. Reads what the attachment shows.
create or replace function workflow_engine.read_table(related_table text, keys text[])
returns setof workflow_engine.current_record
language plpgsql
stable
set search_path = ''
as $$
declare
  v_attachment workflow_engine.attachment;
  v_match text;
begin
  select * into v_attachment
  from workflow_engine.attachment a
  where a.related_table = read_table.related_table;
  select string_agg(
    format(
      't.%I = (%s)::%s', k.name,
      case when cardinality(v_attachment.key_columns) = 1 then 'k.key' else format('k.key::jsonb ->> %s', k.ordinality - 1) end,
      format_type(a.atttypid, -1)
    ), ' and '
  )
  into v_match
  from unnest(v_attachment.key_columns) with ordinality k (name, ordinality)
  join pg_catalog.pg_attribute a on a.attrelid = v_attachment.table_id and a.attname = k.name;
  if v_match is null then
    return;
  end if;
  return query execute format(
    'select r.key, r.record ->> $3, case when $2 is null then r.record else workflow_engine.pick_columns(r.record, $2) end
    from (select k.key, to_jsonb(t.*) as record from unnest($1) k (key) join %I.%I t on %s offset 0) r',
    v_attachment.schema_name, v_attachment.table_name, v_match
  )
  using read_table.keys, v_attachment.columns, v_attachment.organization_column;
end;
$$;

comment on function workflow_engine.read_table(text, text[]) is
  'The current records of an attached table with these keys, and whose they are.';

-- The current records that a batch of action logs is about: one query a table, never one a row. A
-- table that somebody is altering just now gives one row without a key, so that its actions wait
-- instead of failing.
create or replace function workflow_engine.read_records(log_ids uuid[])
returns table (related_table text, related_table_pkey text, organization_id text, record jsonb)
language plpgsql
set search_path = ''
as $$
declare
  v_lock_timeout text := current_setting('lock_timeout');
  v_batch record;
begin
  for v_batch in
    select l.related_table as name, array_agg(distinct l.related_table_pkey) as keys
    from public.workflow_action_logs l
    where l.id = any (read_records.log_ids) and l.related_table_pkey is not null
    group by l.related_table
  loop
    begin
      perform set_config('lock_timeout', '100ms', true);
      return query
        select v_batch.name, t.related_table_pkey, t.organization_id, t.record
        from workflow_engine.read_table(v_batch.name, v_batch.keys) t;
      perform set_config('lock_timeout', v_lock_timeout, true);
    exception
      when lock_not_available then
        return query select v_batch.name, null::text, null::text, null::jsonb;
      when data_exception or undefined_object or undefined_column then
        raise log 'workflow_engine.read_records: %: %', v_batch.name, sqlerrm;
    end;
  end loop;
end;
$$;

comment on function workflow_engine.read_records(uuid[]) is
  'The current records of a batch of action logs; a row without a key stands for a table that is locked just now.';


-- 40_dispatch/prepare_claims.sql

-- What is to become of a due action log. `data` is what its verdict needs: the values of its template
-- (start), the items (fan_out), the rule it takes (choose), what its condition saw (skip). Where it goes on
-- although it has a condition, `reason` is what that saw, as JSON. Of a reminder that cannot be made, the question
-- goes on waiting (wait).
create type workflow_engine.candidate as (
  id uuid,
  verdict text,
  reason text,
  data jsonb
);

comment on type workflow_engine.candidate is
  'A due action log: its verdict (start, fan_out, choose, skip, fail, wait, postpone, hold), the reason, and the data that go with it.';

-- The outputs and statuses of a run's actions so far, by name. Here and below, JSON of unknown size is
-- not gathered by jsonb_agg() or jsonb_object_agg(): both need time with the square of the length of an
-- array in it (seconds for 10,000 elements). And most of what claims and reports run is in plpgsql, which
-- keeps its plans, where a function in SQL plans in each call.
create or replace function workflow_engine.read_outputs(run_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(json_object_agg(a.name, jsonb_build_object('status', l.status, 'output', l.output))::jsonb, '{}')
    from public.workflow_run r
    join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    join public.workflow_action_logs l
      on l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
    where r.id = read_outputs.run_id
  );
end;
$$;

comment on function workflow_engine.read_outputs(uuid) is
  'The outputs and statuses of a run''s actions as {name: {status, output}}: $.actions.';

-- The part of the data that an expression reads. event, record and actions may be large and are shared
-- by the items of a fan-out: they are handed on by reference, and only an expression that reads
-- several parts gets a copy of them together. `rest` holds vars, item, run and now.
create or replace function workflow_engine.pick_root(kind text, event jsonb, record jsonb, actions jsonb, rest jsonb)
returns jsonb
language sql
immutable
return case kind
  when 'event' then event
  when 'record' then record
  when 'actions' then actions
  when 'rest' then rest
  else rest || event || record || actions
end;

comment on function workflow_engine.pick_root(text, jsonb, jsonb, jsonb, jsonb) is
  'The part of the data that an expression reads; the whole for one that reads several.';

-- The values of a template's holes, in order. A path that finds nothing gives null; one with a
-- wildcard gives all that it finds, as an array.
create or replace function workflow_engine.fill_holes(
  action workflow_engine.action_version,
  event jsonb,
  record jsonb,
  actions jsonb,
  rest jsonb
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(to_jsonb(array_agg(
    case
      when h.takes_all then jsonb_path_query_array_tz(
        workflow_engine.pick_root(h.root, fill_holes.event, fill_holes.record, fill_holes.actions, fill_holes.rest), h.path, '{}', true
      )
      else coalesce(jsonb_path_query_first_tz(
        workflow_engine.pick_root(h.root, fill_holes.event, fill_holes.record, fill_holes.actions, fill_holes.rest), h.path, '{}', true
      ), 'null')
    end
    order by h.ordinality
  )), '[]')
  from unnest((fill_holes.action).paths, (fill_holes.action).path_roots, (fill_holes.action).takes_all)
    with ordinality h (path, root, takes_all, ordinality);
$$;

comment on function workflow_engine.fill_holes(workflow_engine.action_version, jsonb, jsonb, jsonb, jsonb) is
  'The values that the paths of an action''s template find, in order.';

-- A value as it is kept for whoever asks later: what is large is not written out for that.
create or replace function workflow_engine.show_value(value jsonb)
returns text
language sql
immutable
return case
  when pg_column_size(value) > 8192 then format('a JSON %s of %s bytes', jsonb_typeof(value), pg_column_size(value))
  else left(value::text, 200)
end;

comment on function workflow_engine.show_value(jsonb) is
  'A JSON value as a text of at most 200 characters.';

-- What a condition comes to and what it looks at, so that one sees later why it decided as it did.
create or replace function workflow_engine.explain_condition(condition jsonpath, root jsonb)
returns jsonb
language plpgsql
stable
strict
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'expression', explain_condition.condition::text,
      'result', coalesce(jsonb_path_match_tz(explain_condition.root, explain_condition.condition, '{}', true), false),
      'values', coalesce(jsonb_object_agg(
        p.path, workflow_engine.show_value(jsonb_path_query_first_tz(explain_condition.root, p.path::jsonpath, '{}', true))
      ), '{}')
    )
    from (
      select distinct m[1] as path
      from regexp_matches(explain_condition.condition::text, '(\$(?:\."(?:[^"\\]|\\.)*"|\[[0-9]+\])+)', 'g') m
    ) p
  );
end;
$$;

comment on function workflow_engine.explain_condition(jsonpath, jsonb) is
  'A condition with its result and the values it saw, as {"expression", "result", "values"}.';

-- The first rule of a choice that holds, with all that were asked until then; without one, the names are
-- none. The else asks nothing.
create or replace function workflow_engine.make_choice(choices jsonb, root jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_rule record;
  v_asked jsonb;
  v_because jsonb := jsonb '[]';
begin
  for v_rule in
    select r.number - 1 as number, r.rule -> 'names' as names, (r.rule ->> 'condition')::jsonpath as condition
    from jsonb_array_elements(make_choice.choices) with ordinality r (rule, number)
    order by r.number
  loop
    if v_rule.condition is not null then
      v_asked := workflow_engine.explain_condition(v_rule.condition, make_choice.root);
      v_because := v_because || jsonb_build_array(v_asked);
    end if;
    if v_rule.condition is null or (v_asked -> 'result')::boolean then
      return jsonb_build_object('rule', v_rule.number, 'chosen', v_rule.names, 'because', v_because);
    end if;
  end loop;
  return jsonb_build_object('rule', null, 'chosen', jsonb '[]', 'because', v_because);
end;
$$;

comment on function workflow_engine.make_choice(jsonb, jsonb) is
  'The first rule of a choice that holds, as {"rule", "chosen": [name], "because": [what each rule asked saw]}.';

-- What an action's condition says about this log; null where it is not asked. That of a fan-out is asked
-- once, unless it reads the item: then each item is asked.
create or replace function workflow_engine.ask_condition(
  action workflow_engine.action_version,
  item_index integer,
  event jsonb,
  record jsonb,
  actions jsonb,
  rest jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  if (ask_condition.action).condition is null
    or ((ask_condition.action).for_each is not null
      and (ask_condition.item_index is not null) <> (ask_condition.action).condition_reads_item)
  then
    return null;
  end if;
  return workflow_engine.explain_condition((ask_condition.action).condition, workflow_engine.pick_root(
    (ask_condition.action).condition_root, ask_condition.event, ask_condition.record, ask_condition.actions, ask_condition.rest
  ));
end;
$$;

comment on function workflow_engine.ask_condition(workflow_engine.action_version, integer, jsonb, jsonb, jsonb, jsonb) is
  'What the condition of a due action log says, with the values it saw; null without one.';

-- Whether the items of a fan-out's log have been created before.
create or replace function workflow_engine.has_items(id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select
    from public.workflow_action_logs l
    join workflow_engine.fan_out f on f.run_id = l.run_id and f.workflow_action_id = l.workflow_action_id
    where l.id = has_items.id
  );
end;
$$;

comment on function workflow_engine.has_items(uuid) is 'Whether the items of a fan-out''s log exist.';

-- What becomes of the log of a fan-out: its items, or a clear failure. One that is repeated has them already, and keeps
-- them.
create or replace function workflow_engine.open_fan_out(id uuid, path jsonpath, root jsonb)
returns workflow_engine.candidate
language plpgsql
stable
set search_path = ''
as $$
declare
  v_items jsonb;
begin
  if workflow_engine.has_items(open_fan_out.id) then
    return row(open_fan_out.id, text 'fan_out', null::text, null::jsonb);
  end if;
  v_items := workflow_engine.find_items(open_fan_out.path, open_fan_out.root);
  if jsonb_typeof(v_items) = 'array' then
    return row(open_fan_out.id, text 'fan_out', null::text, v_items);
  end if;
  return row(
    open_fan_out.id, text 'fail',
    format('for_each "%s" found %s, not an array', open_fan_out.path, coalesce('a JSON ' || jsonb_typeof(v_items), 'nothing')),
    null::jsonb
  );
end;
$$;

comment on function workflow_engine.open_fan_out(uuid, jsonpath, jsonb) is
  'What becomes of the log of a fan-out: its items (null where it has them already), or a failure when it has no array.';

-- What becomes of one due action log. A condition is asked once, before the action begins: not before a reminder.
create or replace function workflow_engine.decide_candidate(
  id uuid,
  action workflow_engine.action_version,
  item_index integer,
  is_reminder boolean,
  event jsonb,
  record jsonb,
  actions jsonb,
  rest jsonb,
  max_bytes integer
)
returns workflow_engine.candidate
language plpgsql
stable
set search_path = ''
as $$
declare
  v_condition jsonb;
  v_candidate workflow_engine.candidate;
begin
  if (decide_candidate.action).is_costly and pg_column_size(decide_candidate.event) + pg_column_size(decide_candidate.record)
    + pg_column_size(decide_candidate.actions) + pg_column_size(decide_candidate.rest) > decide_candidate.max_bytes
  then
    return row(decide_candidate.id, text 'fail', text 'An expression has two wildcards and its data is too large for that', null::jsonb);
  end if;
  if not decide_candidate.is_reminder then
    v_condition := workflow_engine.ask_condition(decide_candidate.action, decide_candidate.item_index,
      decide_candidate.event, decide_candidate.record, decide_candidate.actions, decide_candidate.rest);
  end if;
  if not (v_condition -> 'result')::boolean then
    return row(decide_candidate.id, text 'skip', text 'condition', v_condition);
  end if;
  if (decide_candidate.action).choices is not null then
    v_candidate := row(decide_candidate.id, text 'choose', null::text, workflow_engine.make_choice((decide_candidate.action).choices,
      decide_candidate.rest || decide_candidate.event || decide_candidate.record || decide_candidate.actions));
  elsif (decide_candidate.action).for_each is not null and decide_candidate.item_index is null then
    v_candidate := workflow_engine.open_fan_out(decide_candidate.id, (decide_candidate.action).for_each,
      decide_candidate.rest || decide_candidate.event || decide_candidate.record || decide_candidate.actions);
  else
    v_candidate := row(decide_candidate.id, text 'start', null::text, workflow_engine.fill_holes(decide_candidate.action,
      decide_candidate.event, decide_candidate.record, decide_candidate.actions, decide_candidate.rest));
  end if;
  v_candidate.reason := coalesce(v_candidate.reason, v_condition::text);
  return v_candidate;
end;
$$;

comment on function workflow_engine.decide_candidate(uuid, workflow_engine.action_version, integer, boolean, jsonb, jsonb, jsonb, jsonb, integer) is
  'Decides what becomes of a due action log.';

-- What for_each found: the array its path leads to, or, with a wildcard, all that it finds.
create or replace function workflow_engine.find_items(path jsonpath, root jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when workflow_engine.count_wildcards(find_items.path) > 0
      then jsonb_path_query_array_tz(find_items.root, find_items.path, '{}', true)
    else jsonb_path_query_first_tz(find_items.root, find_items.path, '{}', true)
  end;
$$;

comment on function workflow_engine.find_items(jsonpath, jsonb) is 'What the path of a for_each finds.';

-- A batch of due action logs with their compiled actions, in the batch's order. What is a reminder says until when
-- the question can be answered.
create or replace function workflow_engine.read_due(log_ids uuid[])
returns table (
  ordinality bigint, id uuid, run_id uuid, item_index integer, item jsonb, asked_until timestamptz, action workflow_engine.action_version
)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
  return query
    select d.ordinality, l.id, l.run_id, l.item_index, l.item,
      case when l.waits_for = 'approval' then (
        select p.expires_at from public.workflow_approval p where p.action_log_id = l.id and p.status = 'pending'
      ) end,
      a
    from unnest(read_due.log_ids) with ordinality d (id, ordinality)
    cross join lateral (select * from public.workflow_action_logs l where l.id = d.id limit 1) l
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id;
end;
$$;

comment on function workflow_engine.read_due(uuid[]) is
  'A batch of due action logs with their compiled actions.';

-- What the logs of each run in a batch share, read and built once a run: the parts that pick_root
-- chooses from. Event and outputs only where an expression reads them: items of a large array need not
-- carry it along. The record is the current row, of the run's own organization or none.
create or replace function workflow_engine.read_runs(log_ids uuid[], at_time timestamptz)
returns table (
  run_id uuid, event jsonb, record jsonb, actions jsonb, rest jsonb, is_unreadable boolean, is_paused boolean
)
language plpgsql
rows 100
set search_path = ''
as $$
begin
  return query
    with due as materialized (
      select d.run_id, bool_or((d.action).reads_actions) as reads_actions, bool_or(
        (d.action).reads_event or (d.action).choices is not null or ((d.action).for_each is not null and d.item_index is null)
      ) as reads_event
      from workflow_engine.read_due(read_runs.log_ids) d
      group by d.run_id
    ),
    current_row as materialized (
      select * from workflow_engine.read_records(read_runs.log_ids)
    )
    select
      r.id,
      jsonb_build_object('event', case when d.reads_event then e.payload end),
      jsonb_build_object('record', c.record),
      jsonb_build_object('actions', case when d.reads_actions then workflow_engine.read_outputs(r.id) end),
      jsonb_build_object('vars', v.vars, 'now', read_runs.at_time, 'run', jsonb_build_object(
        'id', r.id, 'workflow_id', r.workflow_id, 'event', e.name, 'started_at', r.starts_at
      )),
      r.related_table in (select u.related_table from current_row u where u.related_table_pkey is null),
      r.status = 'paused' or r.workflow_id in (select p.workflow_id from workflow_engine.pause p where p.workflow_id is not null)
    from due d
    cross join lateral (select * from public.workflow_run r where r.id = d.run_id limit 1) r
    cross join lateral (select * from public.workflow_event e where e.id = r.event_id limit 1) e
    join workflow_engine.workflow_version v on v.workflow_id = r.workflow_id and v.version = r.workflow_version
    left join workflow_engine.attachment t on t.related_table = r.related_table
    left join current_row c
      on c.related_table = r.related_table and c.related_table_pkey = r.related_table_pkey
      and (t.organization_column is null or c.organization_id is not distinct from r.organization_id);
end;
$$;

comment on function workflow_engine.read_runs(uuid[], timestamptz) is
  'What the expressions of a batch of due action logs look at, a row a run.';

-- Decides what becomes of each of a batch of locked, due action logs.
create or replace function workflow_engine.prepare_claims(log_ids uuid[], at_time timestamptz)
returns workflow_engine.candidate[]
language plpgsql
set search_path = ''
as $$
declare
  v_paused_types text[] := array(select p.action_type from workflow_engine.pause p where p.action_type is not null);
begin
  return (
    select coalesce(array_agg(
      case
        when r.is_paused or (d.action).action_type = any (v_paused_types)
          then row(d.id, text 'hold', null::text, null::jsonb)::workflow_engine.candidate
        when r.is_unreadable or d.asked_until <= prepare_claims.at_time
          then row(d.id, text 'postpone', null::text, null::jsonb)::workflow_engine.candidate
        else workflow_engine.decide_candidate(
          d.id, d.action, d.item_index, d.asked_until is not null, r.event, r.record, r.actions, r.rest || jsonb_build_object('item', d.item),
          (select s.costly_expression_bytes from workflow_engine.settings s where s.id)
        )
      end
      order by d.ordinality
    ), '{}')
    from workflow_engine.read_due(prepare_claims.log_ids) d
    join workflow_engine.read_runs(prepare_claims.log_ids, prepare_claims.at_time) r on r.run_id = d.run_id
  );
end;
$$;

comment on function workflow_engine.prepare_claims(uuid[], timestamptz) is
  'Decides at once for each due action log what becomes of it, and evaluates what goes with that.';

-- Keeps with what goes on what its condition saw; with what does not, its skip keeps it.
create or replace function workflow_engine.keep_conditions(candidates workflow_engine.candidate[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_kept jsonb := (
    select json_object_agg(c.id, c.reason::jsonb)
    from unnest(keep_conditions.candidates) c
    where c.verdict in ('start', 'choose', 'fan_out') and c.reason is not null
  );
begin
  if v_kept is not null then
    update public.workflow_action_logs l
    set meta = l.meta || jsonb_build_object('condition', k.value)
    from jsonb_each(v_kept) k
    where l.id = k.key::uuid and l.meta -> 'condition' is distinct from k.value;
  end if;
end;
$$;

comment on function workflow_engine.keep_conditions(workflow_engine.candidate[]) is
  'Keeps what the conditions of due action logs saw that go on.';

-- What nobody knows any more what to do with: its workflow was deleted while its run began, which no lock forbids.
create or replace function workflow_engine.decide_orphans(log_ids uuid[], candidates workflow_engine.candidate[])
returns workflow_engine.candidate[]
language sql
stable
set search_path = ''
as $$
  select array(
    select row(i.id, text 'fail', text 'Its workflow was deleted', null::jsonb)::workflow_engine.candidate
    from unnest(decide_orphans.log_ids) i (id)
    where i.id <> all (array(select c.id from unnest(decide_orphans.candidates) c))
  );
$$;

comment on function workflow_engine.decide_orphans(uuid[], workflow_engine.candidate[]) is
  'Fails the due action logs whose workflow was deleted.';

-- What fails where a question is open leaves it open: a reminder that cannot be made is no failure of it.
create or replace function workflow_engine.spare_questions(candidates workflow_engine.candidate[], at_time timestamptz)
returns workflow_engine.candidate[]
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (select from unnest(spare_questions.candidates) c where c.verdict = 'fail') then
    return spare_questions.candidates;
  end if;
  return array(
    select case
      when c.verdict = 'fail' and workflow_engine.ask_again_at(c.id, spare_questions.at_time) is not null
        then row(c.id, text 'wait', c.reason, null::jsonb)::workflow_engine.candidate
      else row(c.id, c.verdict, c.reason, c.data)::workflow_engine.candidate
    end
    from unnest(spare_questions.candidates) with ordinality c (id, verdict, reason, data, number)
    order by c.number
  );
end;
$$;

comment on function workflow_engine.spare_questions(workflow_engine.candidate[], timestamptz) is
  'Lets the questions go on waiting whose reminder would fail.';

-- The same, whatever happens: data that cannot be evaluated fails its own action log, never the batch.
create or replace function workflow_engine.decide_claims(log_ids uuid[], at_time timestamptz)
returns workflow_engine.candidate[]
language plpgsql
set search_path = ''
as $$
declare
  v_log uuid;
  v_candidates workflow_engine.candidate[] := array[]::workflow_engine.candidate[];
begin
  begin
    v_candidates := workflow_engine.prepare_claims(decide_claims.log_ids, decide_claims.at_time);
  exception
    when data_exception or program_limit_exceeded or syntax_error then
      foreach v_log in array decide_claims.log_ids loop
        begin
          v_candidates := v_candidates || workflow_engine.prepare_claims(array[v_log], decide_claims.at_time);
        exception
          when data_exception or program_limit_exceeded or syntax_error then
            v_candidates := v_candidates
              || row(v_log, 'fail', 'Its data cannot be evaluated: ' || sqlerrm, null)::workflow_engine.candidate;
        end;
      end loop;
  end;
  if cardinality(v_candidates) < cardinality(decide_claims.log_ids) then
    v_candidates := v_candidates || workflow_engine.decide_orphans(decide_claims.log_ids, v_candidates);
  end if;
  perform workflow_engine.keep_conditions(v_candidates);
  return workflow_engine.spare_questions(v_candidates, decide_claims.at_time);
end;
$$;

comment on function workflow_engine.decide_claims(uuid[], timestamptz) is
  'Decides for each due action log what becomes of it; what cannot be evaluated fails alone.';


-- 40_dispatch/workflow_claim.sql

-- The most urgent due action logs, locked. Lateral per priority on the pending index: it stops as soon
-- as it has enough, without a sort, and skips what another worker is taking.
create or replace function workflow_engine.lock_due(max_actions integer, at_time timestamptz)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  select coalesce(array_agg(d.id), '{}')
  into v_ids
  from (
    select l.id
    from generate_series(0, 9) p (priority)
    cross join lateral (
      select l.id
      from public.workflow_action_logs l
      where l.status = 'not_started' and not l.is_held
        and l.priority = p.priority::smallint
        and l.execute_at <= lock_due.at_time
      order by l.execute_at
      limit lock_due.max_actions
      for update skip locked
    ) l
    limit lock_due.max_actions
  ) d;
  return v_ids;
end;
$$;

comment on function workflow_engine.lock_due(integer, timestamptz) is
  'Locks the most urgent due action logs and returns their ids, the most urgent first.';

-- Whether a claim would find anything: the cheap look of a lingering worker.
create or replace function workflow_engine.has_work(at_time timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select exists (select from public.workflow_event e where e.expanded_at is null)
      or exists (
        select
        from generate_series(0, 9) p (priority)
        cross join lateral (
          select l.id
          from public.workflow_action_logs l
          where l.status = 'not_started' and not l.is_held
            and l.priority = p.priority::smallint
            and l.execute_at <= has_work.at_time
          order by l.execute_at
          limit 1
        ) l
      )
      or workflow_engine.has_answers(has_work.at_time, false)
  );
end;
$$;

comment on function workflow_engine.has_work(timestamptz) is
  'Whether an event waits to be matched, an answer to be given, or an action is due.';

-- When the next action or timeout is due, or null when none is planned. A past time means that it is due now.
create or replace function workflow_engine.next_due()
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select least(
      (
        select min(l.execute_at)
        from generate_series(0, 9) p (priority)
        cross join lateral (
          select l.execute_at
          from public.workflow_action_logs l
          where l.status = 'not_started' and not l.is_held
            and l.priority = p.priority::smallint and l.execute_at < 'infinity'
          order by l.execute_at
          limit 1
        ) l
      ),
      (
        select l.execute_at
        from public.workflow_action_logs l
        where l.status = 'waiting' and l.execute_at < 'infinity'
        order by l.execute_at
        limit 1
      )
    )
  );
end;
$$;

comment on function workflow_engine.next_due() is 'When the next action or timeout is due, or null.';

-- Milliseconds from now until a time of the engine's clock: 0 when it is past, null for null. A worker
-- is told this and not the time, because its own clock does not travel.
create or replace function workflow_engine.ms_until(at_time timestamptz)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_ms bigint := ceil(extract(epoch from ms_until.at_time - workflow_engine.clock()) * 1000);
begin
  return case when v_ms < 0 then 0 else v_ms end;
end;
$$;

comment on function workflow_engine.ms_until(timestamptz) is
  'Milliseconds until a time of the engine''s clock, 0 when it is past.';

-- Creates the items of fan-outs: all of them at once, each with its own item, of which the first
-- max_concurrency are due and the others wait for those (settle_items releases them). None for a
-- fan-out that what else was settled has stopped meanwhile.
create or replace function workflow_engine.insert_items(candidates workflow_engine.candidate[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  with parent as (
    select l.*, c.data as items, jsonb_array_length(c.data) as total, a.max_concurrency,
      greatest(a.tolerated_failure_count, floor(jsonb_array_length(c.data) * a.tolerated_failure_percentage / 100)) as tolerated
    from unnest(insert_items.candidates) c
    join public.workflow_action_logs l on l.id = c.id
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where c.verdict = 'fan_out' and c.data <> '[]' and l.status = 'waiting'
  ),
  opened as (
    insert into workflow_engine.fan_out (run_id, workflow_action_id, total, next_item, unfinished, tolerated)
    select p.run_id, p.workflow_action_id, p.total, least(p.total, p.max_concurrency), p.total, p.tolerated
    from parent p
  )
  insert into public.workflow_action_logs (
    organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table,
    related_table_pkey, item_index, item, execute_at
  )
  select
    p.organization_id, p.run_id, p.workflow_id, p.workflow_version, p.workflow_action_id, p.priority, p.related_table,
    p.related_table_pkey, i.number - 1, i.item,
    case when i.number <= p.max_concurrency then insert_items.at_time else 'infinity' end
  from parent p
  cross join lateral jsonb_array_elements(p.items) with ordinality i (item, number);
end;
$$;

comment on function workflow_engine.insert_items(workflow_engine.candidate[], timestamptz) is
  'Creates the action logs of the items of fan-outs.';

-- Counts anew what is left to do of locked fan-outs, none of whose items has failed for good any more. In a statement
-- of its own after the lock, so that it sees what whoever held it had counted.
create or replace function workflow_engine.recount_items(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update workflow_engine.fan_out f
  set failed = 0, unfinished = n.unfinished, next_item = n.next_item
  from (
    select p.run_id, p.workflow_action_id,
      count(*) filter (where workflow_engine.is_unfinished(i.status, i.final)) as unfinished,
      coalesce(min(i.item_index) filter (where workflow_engine.awaits_turn(i.status, i.execute_at)), count(*)) as next_item
    from public.workflow_action_logs p
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    where p.id = any (recount_items.log_ids)
    group by p.run_id, p.workflow_action_id
  ) n
  where f.run_id = n.run_id and f.workflow_action_id = n.workflow_action_id;
end;
$$;

comment on function workflow_engine.recount_items(uuid[]) is
  'Counts anew what is left to do of locked fan-outs.';

-- Locks a fan-out that is to be repeated, and the items that did not end well, unless somebody has one of them: a
-- stop or a late report, which may wait for what this claim holds. Says whether it did.
create or replace function workflow_engine.lock_repeated(run_id uuid, workflow_action_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_locked uuid[];
begin
  perform from workflow_engine.fan_out f
  where f.run_id = lock_repeated.run_id and f.workflow_action_id = lock_repeated.workflow_action_id
  for update skip locked;
  if not found then
    return false;
  end if;
  v_locked := array(
    select i.id
    from public.workflow_action_logs i
    where i.run_id = lock_repeated.run_id and i.workflow_action_id = lock_repeated.workflow_action_id
      and i.item_index is not null and i.status in ('failed', 'stopped')
    for update skip locked
  );
  return not exists (
    select
    from public.workflow_action_logs i
    left join unnest(v_locked) k (id) on k.id = i.id
    where i.run_id = lock_repeated.run_id and i.workflow_action_id = lock_repeated.workflow_action_id
      and i.item_index is not null and i.status in ('failed', 'stopped')
      and k.id is null
  );
end;
$$;

comment on function workflow_engine.lock_repeated(uuid, uuid) is
  'Locks a fan-out and its items that did not end well; says whether it could lock them all.';

-- Sends the items of repeated fan-outs that did not end well back, and lets the others go on. As many are due as
-- max_concurrency allows beside those. A fan-out whose items all ended well is put together anew.
create or replace function workflow_engine.repeat_items(candidates workflow_engine.candidate[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_fan_outs uuid[] := array(
    select l.id
    from unnest(repeat_items.candidates) c
    join public.workflow_action_logs l on l.id = c.id
    where c.verdict = 'fan_out' and c.data is null and l.status = 'waiting'
  );
  v_items uuid[];
  v_due_at timestamptz[];
begin
  if v_fan_outs = '{}' then
    return;
  end if;
  select array_agg(n.id), array_agg(case when n.number + n.going_on <= n.max_concurrency then repeat_items.at_time else 'infinity' end)
  into v_items, v_due_at
  from (
    select i.id, a.max_concurrency, e.is_over, row_number() over (partition by p.id, e.is_over order by i.item_index) as number,
      count(*) filter (where not e.is_over and not workflow_engine.awaits_turn(i.status, i.execute_at))
        over (partition by p.id) as going_on
    from unnest(v_fan_outs) t (id)
    join public.workflow_action_logs p on p.id = t.id
    join workflow_engine.action_version a
      on a.workflow_id = p.workflow_id and a.version = p.workflow_version
      and a.workflow_action_id = p.workflow_action_id
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    cross join lateral (select not workflow_engine.is_unfinished(i.status, i.final) as is_over) e
    where i.status not in ('completed', 'skipped')
  ) n
  where n.is_over;
  perform workflow_engine.reset_logs(v_items, v_due_at);
  perform workflow_engine.recount_items(v_fan_outs);
  perform workflow_engine.end_fan_outs(array(
    select f
    from public.workflow_action_logs p
    join workflow_engine.fan_out f on f.run_id = p.run_id and f.workflow_action_id = p.workflow_action_id
    where p.id = any (v_fan_outs) and f.unfinished = 0
  ), repeat_items.at_time);
end;
$$;

comment on function workflow_engine.repeat_items(workflow_engine.candidate[], timestamptz) is
  'Repeats the items of fan-outs that did not end well.';

-- Holds what is paused, so that no claim looks at it again until it is resumed. By those pauses alone that can
-- be locked: what a resume in flight takes away holds nothing, and nobody waits for it.
create or replace function workflow_engine.hold_candidates(candidates workflow_engine.candidate[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_held uuid[] := array(select c.id from unnest(hold_candidates.candidates) c where c.verdict = 'hold');
  v_runs uuid[] := array(
    select r.id
    from public.workflow_run r
    where r.status = 'paused' and r.id in (select l.run_id from public.workflow_action_logs l where l.id = any (v_held))
    for share skip locked
  );
  v_pauses uuid[] := array(select p.id from workflow_engine.pause p for share skip locked);
begin
  update public.workflow_action_logs l
  set is_held = true
  where l.id = any (v_held) and (
    l.run_id = any (v_runs)
    or exists (
      select from workflow_engine.pause p
      join workflow_engine.action_version a
        on a.workflow_id = l.workflow_id and a.version = l.workflow_version
        and a.workflow_action_id = l.workflow_action_id
      where p.id = any (v_pauses) and (p.workflow_id = l.workflow_id or p.action_type = a.action_type)
    )
  );
end;
$$;

comment on function workflow_engine.hold_candidates(workflow_engine.candidate[]) is
  'Holds the due action logs whose run, workflow or action type is paused.';

-- Postpones what would move a run on, or repeat an item, that somebody else holds just now, so that a claim waits for
-- nobody who holds one. The fan-outs of items that do not run are locked before: a report that ends one holds it, and
-- then takes the run.
create or replace function workflow_engine.postpone_locked(candidates workflow_engine.candidate[])
returns workflow_engine.candidate[]
language plpgsql
set search_path = ''
as $$
declare
  v_free uuid[];
begin
  perform workflow_engine.lock_fan_outs(array(
    select row(l.run_id, l.workflow_action_id, 0, 0, 0)::workflow_engine.item_count
    from unnest(postpone_locked.candidates) c
    cross join lateral (select * from public.workflow_action_logs l where l.id = c.id limit 1) l
    where c.verdict in ('skip', 'fail') and l.item_index is not null
  ));
  v_free := array(
    select l.id
    from unnest(postpone_locked.candidates) c
    cross join lateral (select * from public.workflow_action_logs l where l.id = c.id limit 1) l
    cross join lateral (select from public.workflow_run r where r.id = l.run_id for no key update skip locked) r
    where c.verdict in ('skip', 'fail', 'choose', 'fan_out')
      and (c.verdict <> 'fan_out' or c.data is not null or workflow_engine.lock_repeated(l.run_id, l.workflow_action_id))
  );
  return array(
    select case
      when c.verdict in ('skip', 'fail', 'choose', 'fan_out') and c.id <> all (v_free)
        then row(c.id, text 'postpone', null::text, null::jsonb)::workflow_engine.candidate
      else row(c.id, c.verdict, c.reason, c.data)::workflow_engine.candidate
    end
    from unnest(postpone_locked.candidates) with ordinality c (id, verdict, reason, data, number)
    order by c.number
  );
end;
$$;

comment on function workflow_engine.postpone_locked(workflow_engine.candidate[]) is
  'Postpones the due action logs that would move a run on, or repeat an item, that somebody else holds.';

-- Carries out every other verdict but "start" and "hold". A postponed log is looked at again after five seconds.
create or replace function workflow_engine.settle_candidates(candidates workflow_engine.candidate[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set
    status = v.status,
    final = v.status = 'failed',
    attempt = l.attempt + (c.verdict in ('choose', 'fan_out'))::integer,
    started_at = case when c.verdict in ('choose', 'fan_out') then settle_candidates.at_time else l.started_at end,
    completed_at = case when v.status not in ('not_started', 'waiting') then settle_candidates.at_time end,
    execute_at = case
      when c.verdict = 'postpone' then settle_candidates.at_time + interval '5 seconds'
      when c.verdict = 'wait' then workflow_engine.ask_again_at(l.id, settle_candidates.at_time)
      when v.status = 'waiting' then 'infinity'
      else l.execute_at
    end,
    waits_for = case when v.status = 'waiting' and c.verdict = 'fan_out' then 'items' else l.waits_for end,
    meta = case when c.verdict = 'skip' then l.meta || jsonb_build_object('condition', c.data) else l.meta end,
    output = case when v.status = 'completed' then c.data end,
    reason = case when v.status = 'skipped' then c.reason end,
    error = case when c.verdict in ('fail', 'wait') then c.reason else l.error end
  from unnest(settle_candidates.candidates) c
  cross join lateral (
    select case
      when c.verdict = 'skip' then 'skipped'
      when c.verdict = 'fail' then 'failed'
      when c.verdict = 'choose' or c.data = '[]' then 'completed'
      when c.verdict in ('fan_out', 'wait') then 'waiting'
      else 'not_started'
    end as status
  ) v
  where l.id = c.id and c.verdict not in ('start', 'hold');
  perform workflow_engine.insert_items(settle_candidates.candidates, settle_candidates.at_time);
  perform workflow_engine.repeat_items(settle_candidates.candidates, settle_candidates.at_time);
end;
$$;

comment on function workflow_engine.settle_candidates(workflow_engine.candidate[], timestamptz) is
  'Skips, fails, postpones, decides or fans out the due action logs that do not start, or lets them go on waiting.';

-- The key of a compiled action in a claim's answer.
create or replace function workflow_engine.action_key(workflow_action_id uuid, version integer)
returns text
language sql
immutable
return workflow_action_id::text || '@' || version::text;

comment on function workflow_engine.action_key(uuid, integer) is
  'The key under which a claim''s answer holds a compiled action.';

-- Begins an attempt of each candidate that what was settled before has not stopped: a higher attempt, a
-- lease that outlives the attempt. Stops at the batch's size in bytes, but gives at least one.
create or replace function workflow_engine.start_attempts(
  candidates workflow_engine.candidate[],
  worker_id text,
  at_time timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_batch jsonb;
begin
  with sized as (
    select c.id, c.data, c.ordinality,
      coalesce(sum(pg_column_size(c.data) + 500) over earlier, 0) as bytes_before
    from unnest(start_attempts.candidates) with ordinality c (id, verdict, reason, data, ordinality)
    where c.verdict = 'start'
    window earlier as (order by c.ordinality rows between unbounded preceding and 1 preceding)
  ),
  started as (
    update public.workflow_action_logs l
    set
      status = 'processing',
      attempt = l.attempt + 1,
      started_at = greatest(start_attempts.at_time, l.created_at),
      worker_id = start_attempts.worker_id,
      http_status = null,
      error = case when l.waits_for is distinct from 'approval' then l.error end,
      lease_expires_at = clock_timestamp() + make_interval(secs => a.timeout_seconds) + s.lease_grace
    from sized c, workflow_engine.action_version a, workflow_engine.settings s
    where s.id
      and l.id = c.id and l.status = 'not_started'
      and a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
      and c.bytes_before < s.batch_bytes
    returning l.*, c.ordinality, c.data, a.timeout_seconds
  )
  select jsonb_build_object(
    'actions', coalesce((
      select jsonb_object_agg(workflow_engine.action_key(a.workflow_action_id, a.version), jsonb_build_object(
        'workflow_action_id', a.workflow_action_id, 'name', a.name, 'action_type', a.action_type,
        'timeout_seconds', a.timeout_seconds, 'template', a.template, 'holes', a.holes,
        'app_url', case
          when a.template ->> 'target_endpoint' !~* '^https?:' then workflow_engine.read_secret('APP_URL')
        end
      ))
      from workflow_engine.action_version a
      where (a.workflow_id, a.version, a.workflow_action_id) in (
        select t.workflow_id, t.workflow_version, t.workflow_action_id from started t
      )
    ), '{}'),
    'claims', coalesce(to_jsonb(array_agg(
      jsonb_build_object(
        'id', t.id, 'action', workflow_engine.action_key(t.workflow_action_id, t.workflow_version),
        'attempt', t.attempt, 'run_id', t.run_id, 'workflow_id', t.workflow_id,
        'workflow_action_id', t.workflow_action_id, 'organization_id', t.organization_id,
        'values', t.data, 'meta', t.meta - 'condition', 'idempotency_key', t.id,
        'deadline', clock_timestamp() + make_interval(secs => t.timeout_seconds),
        'traceparent', format('00-%s-%s-01', replace(t.run_id::text, '-', ''), right(replace(t.id::text, '-', ''), 16))
      )
      order by t.ordinality
    )), '[]')
  )
  into v_batch
  from started t;
  return v_batch;
end;
$$;

comment on function workflow_engine.start_attempts(workflow_engine.candidate[], text, timestamptz) is
  'Begins attempts and returns them as {"actions", "claims"}.';

-- One look: matches new events, answers what waits, takes what is due, starts it. Lock order: logs by urgency with skip
-- locked, then (for what is skipped) fan-outs, then runs by id.
create or replace function workflow_engine.claim_batch(worker_id text, max_actions integer)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_candidates workflow_engine.candidate[];
begin
  perform workflow_engine.expand_events();
  perform workflow_engine.settle_waits(workflow_engine.clock());
  v_now := workflow_engine.clock();
  v_candidates := workflow_engine.decide_claims(workflow_engine.lock_due(claim_batch.max_actions, v_now), v_now);
  if exists (select from unnest(v_candidates) c where c.verdict = 'hold') then
    perform workflow_engine.hold_candidates(v_candidates);
  end if;
  if exists (select from unnest(v_candidates) c where c.verdict not in ('start', 'hold')) then
    v_candidates := workflow_engine.postpone_locked(v_candidates);
    perform workflow_engine.settle_candidates(v_candidates, v_now);
  end if;
  return workflow_engine.start_attempts(v_candidates, claim_batch.worker_id, v_now);
end;
$$;

comment on function workflow_engine.claim_batch(text, integer) is
  'Matches new events and starts what is due; returns {"actions", "claims"}.';

-- Looks until it finds work or wait_ms (at most 5 s) is over, so that a lingering worker starts work at
-- once without a call each time. Once it has written anything it waits no more, because that must be
-- committed; it only looks again, a few times, for what a skip or a choice made due. Not after two seconds:
-- definitions that are slow to match would add up to more than the Data API allows, which undoes it all.
create or replace function workflow_engine.claim_or_wait(worker_id text, max_actions integer, wait_ms integer)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + make_interval(secs => least(claim_or_wait.wait_ms, 5000) / 1000.0);
  v_looks integer := 0;
  v_look_until timestamptz;
  v_batch jsonb := jsonb '{"actions": {}, "claims": []}';
begin
  perform workflow_engine.mute_wake();
  if claim_or_wait.max_actions > 0 then
    loop
      if workflow_engine.has_work(workflow_engine.clock()) then
        v_look_until := coalesce(v_look_until, clock_timestamp() + interval '2 seconds');
        v_batch := workflow_engine.claim_batch(claim_or_wait.worker_id, claim_or_wait.max_actions);
        v_looks := v_looks + 1;
        exit when v_batch -> 'claims' <> '[]' or v_looks = 10 or clock_timestamp() >= v_look_until;
      else
        exit when v_looks > 0 or clock_timestamp() >= v_until;
        perform pg_sleep(0.005);
      end if;
    end loop;
  end if;
  return v_batch || jsonb_build_object('next_due_ms', workflow_engine.ms_until(workflow_engine.next_due()));
end;
$$;

comment on function workflow_engine.claim_or_wait(text, integer, integer) is
  'Claims work, waiting for it up to wait_ms; returns {"actions", "claims", "next_due_ms"}.';

create or replace function workflow_engine.check_limits(max_actions integer, wait_ms integer, smallest integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if (check_limits.max_actions between check_limits.smallest and 5000 and check_limits.wait_ms between 0 and 5000) is not true then
    perform workflow_engine.raise_error(
      'PT400', 'claim.limits_invalid',
      format('Cannot claim %s actions within %s ms: out of range', check_limits.max_actions, check_limits.wait_ms),
      format('max_actions is %s to 5000, wait_ms 0 to 5000.', check_limits.smallest)
    );
  end if;
end;
$$;

comment on function workflow_engine.check_limits(integer, integer, integer) is
  'Raises PT400 for limits of a claim that are out of range.';

-- What a worker asks for work with. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_claim(worker_id text, max_actions integer default 100, wait_ms integer default 0)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform workflow_engine.check_limits(workflow_claim.max_actions, workflow_claim.wait_ms, 1);
  return workflow_engine.claim_or_wait(workflow_claim.worker_id, workflow_claim.max_actions, workflow_claim.wait_ms);
end;
$$;

comment on function public.workflow_claim(text, integer, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Claims up to max_actions due actions for a worker, waiting up to wait_ms milliseconds for some; returns {"actions", "claims", "next_due_ms"}. Raises PT400 for limits out of range.';


-- 40_dispatch/workflow_action_log_cron.sql

-- The tick: pg_cron's one job for the engine. It repairs everything that a crash, a lost wake-up or an
-- application can leave behind, and rings for what is due before it runs again.

create table workflow_engine.tick_state (
  id boolean not null default true,
  ran_at timestamptz,
  constraint tick_state_pkey primary key (id),
  constraint tick_state_has_one_row check (id)
);

insert into workflow_engine.tick_state default values;

comment on table workflow_engine.tick_state is 'When the tick last ran: exactly one row.';

-- How many actions are due, counted no further than `enough`.
create or replace function workflow_engine.count_due(at_time timestamptz, enough integer)
returns integer
language sql
stable
set search_path = ''
as $$
  select count(*)::integer
  from (
    select
    from generate_series(0, 9) p (priority)
    cross join lateral (
      select l.id
      from public.workflow_action_logs l
      where l.status = 'not_started' and not l.is_held
        and l.priority = p.priority::smallint
        and l.execute_at <= count_due.at_time
      order by l.execute_at
      limit count_due.enough
    ) l
    limit count_due.enough
  ) d;
$$;

comment on function workflow_engine.count_due(timestamptz, integer) is
  'How many actions are due, counted up to a limit.';

-- Rings for whatever is due before the next tick: once, or once more for each actions_per_worker due
-- actions up to max_workers. Returns the backlog as it counted it.
create or replace function workflow_engine.ring_for_due(at_time timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_settings workflow_engine.settings := (select s from workflow_engine.settings s);
  v_due integer := workflow_engine.count_due(
    ring_for_due.at_time, v_settings.actions_per_worker * v_settings.max_workers
  );
begin
  if v_due > 0
    or workflow_engine.next_due() < ring_for_due.at_time + interval '1 minute'
    or exists (select from public.workflow_event e where e.expanded_at is null)
  then
    perform workflow_engine.ring()
    from generate_series(1, greatest(1, least(v_settings.max_workers, v_due / v_settings.actions_per_worker)));
  end if;
  return v_due;
end;
$$;

comment on function workflow_engine.ring_for_due(timestamptz) is
  'Wakes as many workers as what is due before the next tick justifies; returns how much is due.';

-- Every minute when idle, every ten seconds under backlog, where pg_cron knows seconds (1.5 and later)
-- and lets us.
create or replace function workflow_engine.set_pace(backlog integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_schedule text := case when set_pace.backlog > 0 then '10 seconds' else '* * * * *' end;
begin
  perform cron.alter_job(job_id := j.jobid, schedule := v_schedule)
  from cron.job j
  where j.jobname = 'workflow-tick' and j.schedule <> v_schedule;
exception
  when others then
    raise debug 'workflow_engine.set_pace: %', sqlerrm;
end;
$$;

comment on function workflow_engine.set_pace(integer) is
  'Lets the tick run more often under backlog, where pg_cron can.';

-- pg_cron keeps a row of every run for ever. Removes the tick's own of more than a day ago.
create or replace function workflow_engine.trim_cron_history()
returns void
language sql
set search_path = ''
as $$
  delete from cron.job_run_details d
  using cron.job j
  where j.jobname = 'workflow-tick'
    and d.jobid = j.jobid
    and d.end_time < clock_timestamp() - interval '1 day';
$$;

comment on function workflow_engine.trim_cron_history() is
  'Removes old rows of the tick, and of nobody else, from cron.job_run_details.';

-- One step of the tick. Whatever it stumbles over is a warning in the database's log, and must not keep the
-- other steps from repairing the rest. `$1` in it is the time.
create or replace function workflow_engine.run_step(step text, at_time timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_result text;
begin
  execute 'select workflow_engine.' || run_step.step into v_result using run_step.at_time;
  return nullif(v_result, '')::integer;
exception
  when others then
    raise warning 'Cannot perform %: %', run_step.step, sqlerrm;
    return null;
end;
$$;

comment on function workflow_engine.run_step(text, timestamptz) is
  'Performs one step of the tick and returns its number, if it has one; warns when it fails.';

-- The tick. One at a time; every step takes a bounded batch and skips what is locked. Security definer
-- because service_role may run it by hand and may not reach workflow_engine.
create or replace function public.workflow_action_log_cron()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_events integer;
  v_due integer;
begin
  if not pg_try_advisory_xact_lock(hashtext('workflow_engine.tick')) then
    return jsonb_build_object('skipped', 'another tick is running');
  end if;
  perform workflow_engine.mute_wake();
  perform workflow_engine.run_step('attach_partitions()', v_now);
  v_events := workflow_engine.run_step('expand_events()', v_now);
  perform workflow_engine.run_step('recover_expired_leases($1)', v_now);
  perform workflow_engine.run_step('retry_failed($1)', v_now);
  perform workflow_engine.run_step('settle_waits($1)', workflow_engine.clock());
  perform workflow_engine.run_step('forget_awaited_events($1)', v_now);
  perform workflow_engine.run_step('release_leftovers()', v_now);
  v_due := workflow_engine.run_step('ring_for_due($1)', v_now);
  perform workflow_engine.set_pace(v_due);
  delete from workflow_engine.wake_request;
  if extract(minute from v_now) = 0 then
    perform workflow_engine.run_step('trim_cron_history()', v_now);
  end if;
  update workflow_engine.tick_state s set ran_at = clock_timestamp() where s.id;
  return jsonb_build_object('events', v_events, 'due', v_due);
end;
$$;

comment on function public.workflow_action_log_cron() is
  'Security definer because service_role may run it by hand and may not reach workflow_engine. The tick: matches events, recovers expired leases, retries, and wakes workers for what is due; returns {"events", "due"}.';

select cron.schedule('workflow-tick', '* * * * *', 'select public.workflow_action_log_cron()');


-- 50_completion/advance_runs.sql

-- Whether an action log still has something before it. No `set` clause, so that it is inlined.
create or replace function workflow_engine.is_unfinished(status text, final boolean)
returns boolean
language sql
immutable
return status in ('not_started', 'processing', 'waiting') or (status = 'failed' and not final);

comment on function workflow_engine.is_unfinished(text, boolean) is
  'Whether an action log in this state will change by itself.';

-- Whether an action log awaits its turn, which no time brings: an item beyond max_concurrency, or an action that
-- a retry has decided anew. Says not_started as what it is not: its name would let Postgres read all that is
-- pending instead of a run's own by their index.
create or replace function workflow_engine.awaits_turn(status text, execute_at timestamptz)
returns boolean
language sql
immutable
return not isfinite(execute_at) and status not in ('processing', 'waiting', 'completed', 'failed', 'skipped', 'stopped');

comment on function workflow_engine.awaits_turn(text, timestamptz) is
  'Whether an action log awaits its turn: an item beyond max_concurrency, or an action to be decided anew.';

-- What an ended action means to those that follow it: passed (completed, not needed by its own
-- condition, or failed and tolerated), broken (failed, stopped by a person), or absent (it never had
-- its turn: its branch was not taken, or nobody needed it). Null while it is unfinished.
create or replace function workflow_engine.judge(status text, final boolean, reason text, continue_on_failure boolean)
returns text
language sql
immutable
return case
  when status = 'completed' or reason = 'condition' then 'passed'
  when status = 'failed' and final then case when continue_on_failure then 'passed' else 'broken' end
  when status = 'stopped' and reason is null then 'broken'
  when status in ('skipped', 'stopped') then 'absent'
end;

comment on function workflow_engine.judge(text, boolean, text, boolean) is
  'What an ended action means to those that follow it: passed, broken or absent; null while unfinished.';

-- Whether all that follows an action in a run has had its turn, without waiting for it: a join had
-- enough, or what led to one was itself unneeded.
create or replace function workflow_engine.is_unneeded(run_id uuid, action workflow_engine.action_version)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(bool_and(l.id is not null) and bool_or(b.join_count is not null or l.reason = 'not_needed'), false)
    from workflow_engine.action_version b
    left join public.workflow_action_logs l
      on l.run_id = is_unneeded.run_id and l.workflow_action_id = b.workflow_action_id and l.item_index is null
      and not workflow_engine.awaits_turn(l.status, l.execute_at)
    where b.workflow_id = (is_unneeded.action).workflow_id
      and b.version = (is_unneeded.action).version
      and (is_unneeded.action).workflow_action_id = any (b.depends_on)
  );
end;
$$;

comment on function workflow_engine.is_unneeded(uuid, workflow_engine.action_version) is
  'Whether nothing in the run waits for this action any more, because a join had enough without it.';

-- The actions of running runs that had no turn yet (no log, or one that a retry has decided anew), with what has
-- become of those they follow, and whether anybody still waits for them: when a join has enough, what only led to it is unneeded.
-- `rows 1` and the lateral look-ups with a limit, here and below, make a plan that was made while the
-- tables were small look rows up by their whole key, and still do so when they have grown.
create or replace function workflow_engine.read_pending(run_ids uuid[])
returns table (
  run_id uuid, workflow_action_id uuid, log_id uuid, run_if text, join_count integer, total bigint,
  ended bigint, passed bigint, broken bigint, failed bigint, is_passed_over boolean, is_unneeded boolean
)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select
      r.id, a.workflow_action_id, own.id, a.run_if, a.join_count,
      d.total, d.ended, d.passed, d.broken, d.failed, d.is_passed_over, u.is_unneeded
    from unnest(read_pending.run_ids) i (id)
    cross join lateral (select * from public.workflow_run r where r.id = i.id limit 1) r
    join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    left join lateral (
      select l.id, workflow_engine.awaits_turn(l.status, l.execute_at) as awaits_turn
      from public.workflow_action_logs l
      where l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      limit 1
    ) own on true
    cross join lateral (
      select
        count(*) as total,
        count(j.verdict) as ended,
        count(*) filter (where j.verdict = 'passed') as passed,
        count(*) filter (where j.verdict = 'broken') as broken,
        count(*) filter (where l.status = 'failed' and l.final) as failed,
        coalesce(bool_or(
          (l.status = 'skipped' or (l.status = 'completed' and not l.output -> 'chosen' ? a.name))
          and jsonb_path_exists(b.choices, '$[*].names[*] ? (@ == $name)', jsonb_build_object('name', a.name))
        ), false) as is_passed_over
      from unnest(a.depends_on) f (id)
      join workflow_engine.action_version b
        on b.workflow_id = a.workflow_id and b.version = a.version and b.workflow_action_id = f.id
      left join lateral (
        select l.status, l.final, l.reason, l.output
        from public.workflow_action_logs l
        where l.run_id = r.id and l.workflow_action_id = f.id and l.item_index is null
        limit 1
      ) l on true
      cross join lateral (
        select workflow_engine.judge(l.status, l.final, l.reason, b.continue_on_failure) as verdict
      ) j
    ) d
    cross join lateral (select workflow_engine.is_unneeded(r.id, a) as is_unneeded) u
    where r.status = 'running'
      and not r.is_compensating
      and not a.is_compensation
      and coalesce(own.awaits_turn, true);
end;
$$;

comment on function workflow_engine.read_pending(uuid[]) is
  'The actions of running runs that had no turn yet, with what has become of those they follow.';

-- What is decided of an action that had no turn yet: "start", or why it does not run. `log_id` is its log where a
-- retry has it decided anew; `is_join` says that the action may make others unneeded.
create type workflow_engine.decision as (
  run_id uuid,
  workflow_action_id uuid,
  log_id uuid,
  reason text,
  is_first boolean,
  is_join boolean
);

comment on type workflow_engine.decision is
  'What is decided of an action that had no turn yet: that it starts, or why it does not run.';

-- Decides which pending actions start, and which do not run, and why; leaves out those that must still wait.
create or replace function workflow_engine.decide_pending(run_ids uuid[])
returns setof workflow_engine.decision
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select p.run_id, p.workflow_action_id, p.log_id, v.reason, p.total = 0, p.join_count is not null
    from workflow_engine.read_pending(decide_pending.run_ids) p
    cross join lateral (
      select case
        when p.is_passed_over then 'choice'
        when p.is_unneeded then 'not_needed'
        when p.passed >= p.join_count then 'start'
        when p.ended < p.total then 'wait'
        when p.join_count is not null then 'dependency'
        when p.run_if = 'success' and (p.broken > 0 or (p.passed = 0 and p.total > 0)) then 'dependency'
        when p.run_if = 'failure' and p.failed = 0 then 'dependency'
        else 'start'
      end as reason
    ) v
    where v.reason <> 'wait';
end;
$$;

comment on function workflow_engine.decide_pending(uuid[]) is
  'Which pending actions of these runs start (reason "start") or do not run, with the reason.';

-- Creates the logs of what is decided for the first time. Returns when the first of those that start is due.
create or replace function workflow_engine.insert_decided(decisions workflow_engine.decision[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_first_due timestamptz;
begin
  with inserted as (
    insert into public.workflow_action_logs (
      organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table,
      related_table_pkey, execute_at, status, completed_at, reason
    )
    select
      r.organization_id, r.id, r.workflow_id, r.workflow_version, a.workflow_action_id,
      a.priority, r.related_table, r.related_table_pkey,
      case when d.is_first then r.starts_at else insert_decided.at_time end + a.delay,
      case d.reason when 'start' then 'not_started' else 'skipped' end,
      case when d.reason <> 'start' then insert_decided.at_time end,
      nullif(d.reason, 'start')
    from unnest(insert_decided.decisions) d
    cross join lateral (select * from public.workflow_run r where r.id = d.run_id limit 1) r
    join workflow_engine.action_version a
      on a.workflow_id = r.workflow_id and a.version = r.workflow_version
      and a.workflow_action_id = d.workflow_action_id
    where d.log_id is null
    returning execute_at, status
  )
  select min(i.execute_at) filter (where i.status = 'not_started') into v_first_due
  from inserted i;
  return v_first_due;
end;
$$;

comment on function workflow_engine.insert_decided(workflow_engine.decision[], timestamptz) is
  'Creates the action logs of what is decided for the first time; returns when the first is due.';

-- Stops what is still unfinished although a join had enough without it; what somebody is reporting just now
-- may come to its own end.
create or replace function workflow_engine.stop_unneeded(run_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_logs uuid[];
begin
  select array_agg(l.id)
  into v_logs
  from unnest(stop_unneeded.run_ids) i (id)
  cross join lateral (select * from public.workflow_run r where r.id = i.id limit 1) r
  join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
  cross join lateral (
    select l.id, l.status, l.final
    from public.workflow_action_logs l
    where l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
    limit 1
  ) l
  where r.status = 'running'
    and workflow_engine.is_unfinished(l.status, l.final)
    and workflow_engine.is_unneeded(r.id, a);
  if v_logs is not null then
    update public.workflow_action_logs l
    set status = 'stopped', reason = 'not_needed', lease_expires_at = null, is_held = false,
      completed_at = greatest(stop_unneeded.at_time, l.started_at)
    where l.id in (select u.id from public.workflow_action_logs u where u.id = any (v_logs) order by u.id for update skip locked);
  end if;
end;
$$;

comment on function workflow_engine.stop_unneeded(uuid[], timestamptz) is
  'Stops the unfinished actions that a join no longer needs.';

-- Where these running runs stand. One whose workflow was deleted while it began is an orphan.
create or replace function workflow_engine.read_progress(run_ids uuid[])
returns table (run_id uuid, is_unfinished boolean, has_failed boolean, has_stopped boolean, is_orphan boolean)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select r.id,
      coalesce(bool_or(workflow_engine.is_unfinished(l.status, l.final)), false),
      coalesce(bool_or(l.status = 'failed' and not a.continue_on_failure and not a.is_compensation), false),
      coalesce(bool_or(l.status = 'stopped' and l.reason is null and not a.is_compensation), false),
      bool_or(a.workflow_action_id is null and not exists (
        select from workflow_engine.workflow_version v where v.workflow_id = r.workflow_id and v.version = r.workflow_version
      ))
    from unnest(read_progress.run_ids) i (id)
    cross join lateral (select * from public.workflow_run r where r.id = i.id limit 1) r
    left join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    left join lateral (
      select l.status, l.final, l.reason
      from public.workflow_action_logs l
      where l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      limit 1
    ) l on true
    where r.status = 'running'
    group by r.id, r.workflow_id, r.workflow_version;
end;
$$;

comment on function workflow_engine.read_progress(uuid[]) is
  'Where these running runs stand.';

-- Ends runs. The parent of a child is told by the next claim, which somebody has to make.
create or replace function workflow_engine.end_runs(run_ids uuid[], status text, at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_owes_answer boolean;
begin
  if end_runs.run_ids <> '{}' then
    with ended as (
      update public.workflow_run r
      set status = end_runs.status, completed_at = end_runs.at_time,
        ended_in = case when r.owes_answer then pg_current_xact_id() end
      where r.id = any (end_runs.run_ids)
      returning r.owes_answer
    )
    select bool_or(e.owes_answer) into v_owes_answer from ended e;
    if v_owes_answer then
      perform workflow_engine.request_wake();
    end if;
  end if;
end;
$$;

comment on function workflow_engine.end_runs(uuid[], text, timestamptz) is 'Ends runs with this status.';

-- Ends what is left of runs whose workflow was deleted while they began, as failed.
create or replace function workflow_engine.end_orphans(run_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.end_runs(end_orphans.run_ids, 'failed', end_orphans.at_time);
  update public.workflow_action_logs l
  set status = 'stopped', lease_expires_at = null, is_held = false, final = false,
    completed_at = greatest(end_orphans.at_time, l.started_at)
  where l.run_id = any (end_orphans.run_ids) and workflow_engine.is_unfinished(l.status, l.final);
end;
$$;

comment on function workflow_engine.end_orphans(uuid[], timestamptz) is
  'Ends runs whose workflow was deleted while they began.';

-- Ends the runs that have nothing left, or, where one has failed, begins its next compensation: of what
-- completed, in reverse, one after another. Returns when the first compensation is due.
create or replace function workflow_engine.finish_runs(run_ids uuid[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_completed uuid[];
  v_stopped uuid[];
  v_failed uuid[];
  v_orphans uuid[];
  v_first_due timestamptz;
begin
  select
    array_agg(p.run_id) filter (where not p.has_failed and not p.has_stopped and not p.is_orphan),
    array_agg(p.run_id) filter (where not p.has_failed and p.has_stopped),
    array_agg(p.run_id) filter (where p.has_failed),
    array_agg(p.run_id) filter (where p.is_orphan)
  into v_completed, v_stopped, v_failed, v_orphans
  from workflow_engine.read_progress(finish_runs.run_ids) p
  where not p.is_unfinished;
  if v_failed is not null then
    v_first_due := workflow_engine.insert_compensations(v_failed, finish_runs.at_time);
    v_failed := array(select p.run_id from workflow_engine.read_progress(v_failed) p where not p.is_unfinished);
  end if;
  perform workflow_engine.end_runs(v_completed, 'completed', finish_runs.at_time);
  perform workflow_engine.end_runs(v_stopped, 'stopped', finish_runs.at_time);
  perform workflow_engine.end_runs(v_failed, 'failed', finish_runs.at_time);
  if v_orphans is not null then
    perform workflow_engine.end_orphans(v_orphans, finish_runs.at_time);
  end if;
  return v_first_due;
end;
$$;

comment on function workflow_engine.finish_runs(uuid[], timestamptz) is
  'Ends the runs that have nothing left, after their compensations; returns when the first of those is due.';

-- Moves runs on: whatever follows in those that have come further, and the end of those that have
-- nothing left. Locks the runs by id, in an own statement: of two siblings that end at once, the
-- second one waits here and then sees the first.
create or replace function workflow_engine.advance_runs(run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_decisions workflow_engine.decision[];
  v_first_due timestamptz;
begin
  perform from public.workflow_run r
  where r.id = any (advance_runs.run_ids)
  order by r.id
  for update;
  loop
    v_decisions := array(select d from workflow_engine.decide_pending(advance_runs.run_ids) d);
    exit when v_decisions = '{}';
    v_first_due := least(v_first_due, workflow_engine.insert_decided(v_decisions, v_now));
    v_first_due := least(v_first_due, workflow_engine.repeat_decided(v_decisions, v_now));
    exit when not exists (select from unnest(v_decisions) d where d.reason <> 'start' or d.is_join);
  end loop;
  perform workflow_engine.stop_unneeded(advance_runs.run_ids, v_now);
  v_first_due := least(v_first_due, workflow_engine.finish_runs(advance_runs.run_ids, v_now));
  if v_first_due < v_now + interval '1 minute' then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.advance_runs(uuid[]) is
  'Moves runs on to their next actions or to their end.';


-- 50_completion/compensate.sql

-- Begins the next compensation of each of these failed runs: that of the action that completed last
-- and is not undone yet. Returns when the first of them is due.
create or replace function workflow_engine.insert_compensations(run_ids uuid[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_first_due timestamptz;
begin
  with next as (
    select r.*, u.workflow_action_id as compensation, u.priority, u.delay
    from public.workflow_run r
    cross join lateral (
      select c.workflow_action_id, c.priority, c.delay
      from workflow_engine.action_version a
      join workflow_engine.action_version c
        on c.workflow_id = a.workflow_id and c.version = a.version and c.workflow_action_id = a.compensate_with
      join public.workflow_action_logs l
        on l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      where a.workflow_id = r.workflow_id and a.version = r.workflow_version
        and l.status = 'completed'
        and not exists (
          select from public.workflow_action_logs d
          where d.run_id = r.id and d.workflow_action_id = c.workflow_action_id and d.item_index is null
        )
      order by l.completed_at desc, l.id desc
      limit 1
    ) u
    where r.id = any (insert_compensations.run_ids)
  ),
  marked as (
    update public.workflow_run r
    set is_compensating = true
    from next n
    where r.id = n.id and not r.is_compensating
  ),
  inserted as (
    insert into public.workflow_action_logs (
      organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table,
      related_table_pkey, execute_at
    )
    select n.organization_id, n.id, n.workflow_id, n.workflow_version, n.compensation, n.priority, n.related_table,
      n.related_table_pkey, insert_compensations.at_time + n.delay
    from next n
    returning execute_at
  )
  select min(i.execute_at) into v_first_due from inserted i;
  return v_first_due;
end;
$$;

comment on function workflow_engine.insert_compensations(uuid[], timestamptz) is
  'Begins the next compensation of failed runs; returns when the first is due.';


-- 50_completion/settle_items.sql

-- How many items of a fan-out ended in one statement: none where some only wait, or are to be tried again. An item
-- that still awaited its turn has freed no place.
create type workflow_engine.item_count as (
  run_id uuid,
  workflow_action_id uuid,
  finished bigint,
  failed bigint,
  freed bigint
);

comment on type workflow_engine.item_count is
  'How many items of a fan-out ended in one statement, how many of them failed, and how many places they freed.';

-- One row a fan-out is locked for each batch of results, in key order; the run's is not. Whoever holds it may
-- lock the items that await their turn, and nobody the other way round.
create or replace function workflow_engine.lock_fan_outs(counts workflow_engine.item_count[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from workflow_engine.fan_out f
  where (f.run_id, f.workflow_action_id) in (select c.run_id, c.workflow_action_id from unnest(lock_fan_outs.counts) c)
  order by f.run_id, f.workflow_action_id
  for update;
end;
$$;

comment on function workflow_engine.lock_fan_outs(workflow_engine.item_count[]) is
  'Locks the fan-outs of ended items.';

-- Locks the runs of actions that ended together with items, and those of fan-outs that these items end, all by id: a
-- fan-out that ended first would take its run before an older one. Before them the logs of these fan-outs.
create or replace function workflow_engine.lock_ended_runs(run_ids uuid[], counts workflow_engine.item_count[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
begin
  perform workflow_engine.lock_fan_outs(lock_ended_runs.counts);
  v_runs := array(
    select f.run_id
    from unnest(lock_ended_runs.counts) c
    join workflow_engine.fan_out f on f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
    where f.unfinished = c.finished or f.failed + c.failed > f.tolerated
  );
  if v_runs <> '{}' then
    perform from public.workflow_action_logs l
    where l.run_id = any (v_runs) and l.waits_for = 'items' and l.status = 'waiting'
    order by l.id
    for update;
    perform from public.workflow_run r
    where r.id = any (lock_ended_runs.run_ids || v_runs)
    order by r.id
    for update;
  end if;
end;
$$;

comment on function workflow_engine.lock_ended_runs(uuid[], workflow_engine.item_count[]) is
  'Locks the runs that ended actions and items move on, by id.';

-- Lets the next items of locked fan-outs run, as many as have made room.
create or replace function workflow_engine.release_items(counts workflow_engine.item_count[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set execute_at = release_items.at_time
  from unnest(release_items.counts) c
  cross join lateral (
    select f.next_item
    from workflow_engine.fan_out f
    where f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
    limit 1
  ) f
  cross join lateral (
    select i.id
    from public.workflow_action_logs i
    where i.run_id = c.run_id and i.workflow_action_id = c.workflow_action_id and i.item_index >= f.next_item
      and workflow_engine.awaits_turn(i.status, i.execute_at)
    order by i.item_index
    limit c.freed
  ) n
  where l.id = n.id;
end;
$$;

comment on function workflow_engine.release_items(workflow_engine.item_count[], timestamptz) is
  'Lets as many further items of fan-outs run as have made room.';

-- Takes the ended items off their locked fan-outs, and returns those.
create or replace function workflow_engine.count_items(counts workflow_engine.item_count[])
returns setof workflow_engine.fan_out
language plpgsql
set search_path = ''
as $$
begin
  return query
    update workflow_engine.fan_out f
    set
      unfinished = f.unfinished - c.finished,
      failed = f.failed + c.failed,
      next_item = coalesce((
        select i.item_index
        from public.workflow_action_logs i
        where i.run_id = f.run_id and i.workflow_action_id = f.workflow_action_id and i.item_index >= f.next_item
          and workflow_engine.awaits_turn(i.status, i.execute_at)
        order by i.item_index
        limit 1
      ), f.total)
    from unnest(count_items.counts) c
    where f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
    returning f.*;
end;
$$;

comment on function workflow_engine.count_items(workflow_engine.item_count[]) is
  'Counts ended items off their fan-outs and returns those.';

-- The outputs of a fan-out's items, in their order; null for an item that failed and was tolerated. They are
-- counted before they are put together, and no further than the limit. What keeps them from being put
-- together is an error of this fan-out, never of the report that ended its last item.
create or replace function workflow_engine.gather_outputs(
  run_id uuid,
  workflow_action_id uuid,
  out output jsonb,
  out error text
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit bigint := (select s.fan_out_output_bytes from workflow_engine.settings s where s.id);
  v_total bigint := 0;
  v_bytes integer;
begin
  for v_bytes in
    select coalesce(octet_length(l.output::text), 4)
    from public.workflow_action_logs l
    where l.run_id = gather_outputs.run_id
      and l.workflow_action_id = gather_outputs.workflow_action_id
      and l.item_index is not null
  loop
    v_total := v_total + v_bytes;
    if v_total > v_limit then
      error := format('The outputs of its items have more than %s bytes together; let each item return less, such as the key of what it stored', v_limit);
      return;
    end if;
  end loop;
  select coalesce(to_jsonb(array_agg(coalesce(l.output, 'null') order by l.item_index)), '[]')
  into output
  from public.workflow_action_logs l
  where l.run_id = gather_outputs.run_id
    and l.workflow_action_id = gather_outputs.workflow_action_id
    and l.item_index is not null;
exception
  when data_exception or program_limit_exceeded then
    error := 'The outputs of its items cannot be put together: ' || sqlerrm;
end;
$$;

comment on function workflow_engine.gather_outputs(uuid, uuid) is
  'The outputs of a fan-out''s items as an array in item order, or why there is none.';

-- What a fan-out that has ended came to: its output, or its error.
create or replace function workflow_engine.end_fan_out(fan_out workflow_engine.fan_out, out output jsonb, out error text)
language plpgsql
stable
set search_path = ''
as $$
begin
  if (end_fan_out.fan_out).failed > (end_fan_out.fan_out).tolerated then
    error := format('%s of %s items failed', (end_fan_out.fan_out).failed, (end_fan_out.fan_out).total);
  else
    select g.output, g.error into output, error
    from workflow_engine.gather_outputs((end_fan_out.fan_out).run_id, (end_fan_out.fan_out).workflow_action_id) g;
  end if;
end;
$$;

comment on function workflow_engine.end_fan_out(workflow_engine.fan_out) is
  'What a fan-out that has ended came to: its output, or its error.';

-- Ends the actions of these fan-outs, with the outputs of their items or with an error.
create or replace function workflow_engine.end_fan_outs(fan_outs workflow_engine.fan_out[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set
    status = case when e.error is null then 'completed' else 'failed' end,
    final = e.error is not null,
    output = e.output,
    error = e.error,
    completed_at = greatest(end_fan_outs.at_time, l.started_at)
  from unnest(end_fan_outs.fan_outs) f
  cross join lateral workflow_engine.end_fan_out(f) e
  where l.run_id = f.run_id and l.workflow_action_id = f.workflow_action_id
    and l.item_index is null and l.status = 'waiting';
end;
$$;

comment on function workflow_engine.end_fan_outs(workflow_engine.fan_out[], timestamptz) is
  'Ends the actions of fan-outs that have nothing left, or too many failures.';

-- Moves fan-outs on by their ended items: lets others run, completes the action when all have ended,
-- fails it as soon as more have failed than it tolerates.
create or replace function workflow_engine.settle_items(counts workflow_engine.item_count[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_ended workflow_engine.fan_out[];
  v_over uuid[];
begin
  perform workflow_engine.lock_fan_outs(settle_items.counts);
  perform workflow_engine.release_items(settle_items.counts, v_now);
  select array_agg(f) into v_ended
  from workflow_engine.count_items(settle_items.counts) f
  where f.unfinished = 0 or f.failed > f.tolerated;
  perform workflow_engine.end_fan_outs(v_ended, v_now);
  select array_agg(p.id) into v_over
  from unnest(settle_items.counts) c
  cross join lateral (
    select l.id, l.status, l.final
    from public.workflow_action_logs l
    where l.run_id = c.run_id and l.workflow_action_id = c.workflow_action_id and l.item_index is null
    limit 1
  ) p
  where not workflow_engine.is_unfinished(p.status, p.final);
  if v_over is not null then
    perform workflow_engine.stop_items(v_over);
  end if;
  perform workflow_engine.request_wake();
end;
$$;

comment on function workflow_engine.settle_items(workflow_engine.item_count[]) is
  'Moves fan-outs on by the items that ended.';

-- Stops what is unfinished of fan-outs that have ended. Leaves the items that somebody is reporting: when such an item
-- ends, waits or is to be tried again, what is left is stopped.
create or replace function workflow_engine.stop_items(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set status = 'stopped', reason = 'not_needed', lease_expires_at = null, is_held = false,
    completed_at = greatest(workflow_engine.clock(), l.started_at)
  where l.id in (
    select i.id
    from public.workflow_action_logs p
    join workflow_engine.fan_out f on f.run_id = p.run_id and f.workflow_action_id = p.workflow_action_id
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    where p.id = any (stop_items.log_ids) and f.unfinished > 0 and workflow_engine.is_unfinished(i.status, i.final)
    order by i.id
    for update of i skip locked
  );
end;
$$;

comment on function workflow_engine.stop_items(uuid[]) is
  'Stops the unfinished items of these fan-outs, which have ended.';


-- 50_completion/follow_transitions.sql

-- After any update of action logs, whoever wrote it (the engine's own report, or an application that
-- writes the status itself): refuses what the state machine does not allow. It fires first, because
-- Postgres fires database triggers by name. Each old row has its new one: the joins, here and below, are
-- full ones, and materialized to stay so, because those are hashed, where a plan made for a statement of
-- one row would compare each row with every other in a statement of thousands.
create or replace function workflow_engine.check_transitions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refused record;
begin
  with changed as materialized (
    select n.id, o.status as from_status, n.status as to_status
    from old_logs o
    full join new_logs n on n.id = o.id
  )
  select c.*
  into v_refused
  from changed c
  where c.to_status <> c.from_status and not exists (
    select from workflow_engine.action_log_transition t
    where t.from_status = c.from_status and t.to_status = c.to_status
  )
  limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT409', 'action_log.transition_refused',
      format('Cannot set action log %s to %s: current value is %s', v_refused.id, v_refused.to_status, v_refused.from_status),
      'Look at workflow_engine.action_log_transition for what is allowed.'
    );
  end if;
  return null;
end;
$$;

comment on function workflow_engine.check_transitions() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. After action logs changed: refuses forbidden transitions.';

create or replace trigger check_transitions
  after update on public.workflow_action_logs
  referencing old table as old_logs new table as new_logs
  for each statement execute function workflow_engine.check_transitions();

-- The kind of the row that a transition leaves in the history; null where the action log goes on telling of its
-- attempt. What fails before it has begun had no attempt.
create or replace function workflow_engine.history_kind(
  from_status text,
  to_status text,
  is_retry boolean,
  has_erred boolean,
  has_expired boolean
)
returns text
language sql
immutable
return case
  when from_status not in ('not_started', 'processing', 'waiting') or from_status = to_status then null
  when to_status = 'failed' then 'attempt_failed'
  when to_status = 'completed' then case when has_expired then 'expired' end
  when from_status = 'not_started' then null
  when to_status = 'stopped' then 'attempt_stopped'
  when to_status = 'waiting' then case when has_erred then 'attempt_failed' end
  when is_retry then 'attempt_failed'
  when from_status = 'waiting' then 'reminded'
  else 'attempt_released'
end;

comment on function workflow_engine.history_kind(text, text, boolean, boolean, boolean) is
  'The kind of the history''s row about a transition of an action log, or null.';

-- An attempt that has ended without completing its action, and how; without a number where an action failed
-- before it began one.
create type workflow_engine.ended_attempt as (
  action_log_id uuid,
  kind text,
  attempt integer,
  started_at timestamptz
);

comment on type workflow_engine.ended_attempt is
  'An attempt that has ended without completing its action, as the history records it.';

-- What the history says of an attempt beside its columns: who made it, what the other side answered, when the next
-- one is due, which reminder that is.
create or replace function workflow_engine.attempt_detail(kind text, log public.workflow_action_logs)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'worker_id', (attempt_detail.log).worker_id,
    'http_status', (attempt_detail.log).http_status,
    'retry_at', case
      when attempt_detail.kind = 'attempt_failed' and (attempt_detail.log).status = 'not_started' then (attempt_detail.log).execute_at
    end,
    'reminder', case when attempt_detail.kind = 'reminded' then (attempt_detail.log).meta -> 'reminder' end
  ));
$$;

comment on function workflow_engine.attempt_detail(text, public.workflow_action_logs) is
  'What the history says of an attempt beside its columns.';

-- Adds ended attempts to the history, at the time at which their action log says that it ended.
create or replace function workflow_engine.record_attempts(attempts workflow_engine.ended_attempt[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, started_at, recorded_at, error, detail
  )
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), l.item_index, e.kind, e.attempt,
    case when e.attempt is not null then e.started_at end, coalesce(l.completed_at, workflow_engine.clock()),
    case when e.kind = 'attempt_failed' then l.error end,
    case when e.attempt is null then '{}' else workflow_engine.attempt_detail(e.kind, l) end
  from unnest(record_attempts.attempts) e
  cross join lateral (select * from public.workflow_action_logs l where l.id = e.action_log_id limit 1) l;
end;
$$;

comment on function workflow_engine.record_attempts(workflow_engine.ended_attempt[]) is
  'Adds ended attempts to the history.';

-- Moves fan-outs on by these items of theirs, stops what is left of those that have ended, and moves runs on. Each may
-- be null.
create or replace function workflow_engine.move_on(counts workflow_engine.item_count[], fan_outs uuid[], run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if move_on.counts is not null and move_on.run_ids is not null then
    perform workflow_engine.lock_ended_runs(move_on.run_ids, move_on.counts);
  end if;
  if move_on.counts is not null then
    perform workflow_engine.settle_items(move_on.counts);
  end if;
  if move_on.fan_outs is not null then
    perform workflow_engine.stop_items(move_on.fan_outs);
  end if;
  if move_on.run_ids is not null then
    perform workflow_engine.advance_runs(move_on.run_ids);
  end if;
end;
$$;

comment on function workflow_engine.move_on(workflow_engine.item_count[], uuid[], uuid[]) is
  'Moves fan-outs and runs on by what has ended of them.';

-- Then records attempts that did not complete, and moves fan-outs on by their items, and runs by their actions. What
-- is left over of a fan-out that has ended is not counted: whoever ends it may hold the run by then, for which a report
-- that holds the fan-out waits. An item that goes on is counted as none, because its fan-out may have ended meanwhile.
create or replace function workflow_engine.follow_transitions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_attempts workflow_engine.ended_attempt[];
  v_runs uuid[];
  v_items workflow_engine.item_count[];
  v_fan_outs uuid[];
  v_waits uuid[];
begin
  with changed as materialized (
    select n.id, n.run_id, n.workflow_action_id, n.status, n.waits_for, n.item_index is not null as is_item,
      n.item_index is not null and n.reason is not distinct from 'not_needed' as is_left_over,
      workflow_engine.awaits_turn(o.status, o.execute_at) as awaited_turn,
      workflow_engine.is_unfinished(o.status, o.final) and not workflow_engine.is_unfinished(n.status, n.final) as has_ended,
      n.item_index is not null and n.status <> o.status and n.status <> 'processing'
        and workflow_engine.is_unfinished(o.status, o.final) and workflow_engine.is_unfinished(n.status, n.final) as goes_on,
      workflow_engine.history_kind(
        o.status, n.status, n.tries > o.tries, n.error <> coalesce(o.error, ''),
        n.waits_for = 'approval' and n.output ->> 'decision' = 'expired'
      ) as kind,
      case when o.status <> 'not_started' then n.attempt end as attempt, o.started_at
    from old_logs o
    full join new_logs n on n.id = o.id
  ),
  ended as (
    select c.run_id, c.workflow_action_id, c.is_item, c.is_left_over,
      count(*) filter (where c.has_ended) as finished,
      count(*) filter (where c.has_ended and c.status = 'failed') as failed,
      count(*) filter (where c.has_ended and not c.awaited_turn) as freed,
      array_agg(c.id) filter (where c.waits_for = 'items') as fan_outs,
      array_agg(c.id) filter (where c.has_ended and c.waits_for in ('event', 'approval', 'run')) as waits
    from changed c
    where c.has_ended or c.goes_on
    group by c.run_id, c.workflow_action_id, c.is_item, c.is_left_over
  )
  select
    array_agg(row(e.run_id, e.workflow_action_id, e.finished, e.failed, e.freed)::workflow_engine.item_count)
      filter (where e.is_item and not e.is_left_over),
    array_agg(distinct e.run_id) filter (where not e.is_item),
    (select array_agg(f.id) from ended e cross join lateral unnest(e.fan_outs) f (id)),
    (select array_agg(w.id) from ended e cross join lateral unnest(e.waits) w (id)),
    (select array_agg(row(c.id, c.kind, c.attempt, c.started_at)::workflow_engine.ended_attempt) from changed c where c.kind is not null)
  into v_items, v_runs, v_fan_outs, v_waits, v_attempts
  from ended e;
  if v_attempts is not null then
    perform workflow_engine.record_attempts(v_attempts);
  end if;
  if v_waits is not null then
    perform workflow_engine.drop_waits(v_waits);
  end if;
  perform workflow_engine.move_on(v_items, v_fan_outs, v_runs);
  return null;
end;
$$;

comment on function workflow_engine.follow_transitions() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. After action logs changed: records attempts that did not complete, moves fan-outs and runs on.';

create or replace trigger follow_transitions
  after update on public.workflow_action_logs
  referencing old table as old_logs new table as new_logs
  for each statement execute function workflow_engine.follow_transitions();

-- An application that writes status = 'completed' or 'failed', and nothing else, has reported the
-- current attempt: the rest of the row follows.
create or replace function workflow_engine.date_report()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  new.completed_at := greatest(workflow_engine.clock(), new.started_at);
  new.lease_expires_at := null;
  return new;
end;
$$;

comment on function workflow_engine.date_report() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. Before a status without a date is written: dates it and ends the lease.';

create or replace trigger date_report
  before update of status on public.workflow_action_logs
  for each row
  when (
    old.status in ('processing', 'waiting')
    and new.status in ('completed', 'failed')
    and new.completed_at is null
  )
  execute function workflow_engine.date_report();


-- 50_completion/workflow_report.sql

-- How long retry number `tries` waits: base * factor ^ tries up to the cap, and up to a tenth of that
-- more, so that what failed together does not come back together.
create or replace function workflow_engine.backoff(tries integer, base interval, factor numeric, cap interval)
returns interval
language sql
volatile
return make_interval(
  secs => least(
    extract(epoch from cap)::double precision,
    extract(epoch from base)::double precision * power(factor::double precision, tries)
  ) * (1 + random() * 0.1)
);

comment on function workflow_engine.backoff(integer, interval, numeric, interval) is
  'How long the retry of that number waits, jitter included.';

-- How long somebody asks us to wait: whoever we call may ask for anything, we wait ten years at most.
create or replace function workflow_engine.wait_of(ms double precision)
returns interval
language sql
immutable
return case
  when ms > extract(epoch from interval '10 years') * 1000 then interval '10 years'
  when ms < 0 then interval '0'
  else make_interval(secs => ms / 1000)
end;

comment on function workflow_engine.wait_of(double precision) is
  'That many milliseconds as an interval of at most ten years.';

-- Refuses a report that cannot be read as a whole, before anything of it is written.
create or replace function workflow_engine.check_report(results jsonb, running jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault text;
begin
  if jsonb_typeof(check_report.results) is distinct from 'array' or jsonb_typeof(check_report.running) is distinct from 'array' then
    v_fault := 'results and running must be arrays';
  else
    select 'an id, attempt or status is missing or unknown' into v_fault
    from (
      select t.id, t.attempt, t.status
      from jsonb_to_recordset(check_report.results) t (
        id uuid, attempt integer, status text, error text, final boolean,
        retry_after_ms double precision, timeout_ms double precision, http_status integer
      )
      union all
      select t.id, t.attempt, 'completed' from jsonb_to_recordset(check_report.running) t (id uuid, attempt integer)
    ) r
    where r.id is null or r.attempt is null or (r.status in ('completed', 'failed', 'waiting', 'released')) is not true
    limit 1;
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT400', 'report.invalid', format('Cannot take a report: %s', v_fault),
      'A result is {"id", "attempt", "status": completed | failed | waiting | released, …}.'
    );
  end if;
exception
  when data_exception then
    perform workflow_engine.raise_error(
      'PT400', 'report.invalid', format('Cannot take a report: %s', sqlerrm),
      'A result is {"id", "attempt", "status": completed | failed | waiting | released, …}.'
    );
end;
$$;

comment on function workflow_engine.check_report(jsonb, jsonb) is
  'Raises PT400 for a report that cannot be read.';

-- When people are reminded once more who were reminded that often: fifty times at most.
create or replace function workflow_engine.next_reminder(reminders integer, remind_after interval, at_time timestamptz)
returns timestamptz
language sql
stable
return case when reminders < 50 then at_time + remind_after end;

comment on function workflow_engine.next_reminder(integer, interval, timestamptz) is
  'When the reminder after that many is due; null without an interval, and after the fiftieth.';

-- When an action log whose question nobody has answered is to be looked at again if it waits from this time on:
-- at the next reminder or at the expiry, whichever comes first. Null when it asks nobody.
create or replace function workflow_engine.ask_again_at(action_log_id uuid, at_time timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select least(p.expires_at, workflow_engine.next_reminder(p.reminders, p.remind_after, ask_again_at.at_time))
    from public.workflow_approval p
    where p.action_log_id = ask_again_at.action_log_id and p.status = 'pending'
  );
end;
$$;

comment on function workflow_engine.ask_again_at(uuid, timestamptz) is
  'When a pending approval of an action log is next reminded of or expires, or null.';

-- What each result makes of its action log, for those whose attempt is still the current one and in one of
-- these statuses: processing, as a worker reports it, or waiting, where it is the answer. A reminder that
-- fails leaves the question open, whatever is wrong with it.
create or replace function workflow_engine.read_results(results jsonb, at_time timestamptz, statuses text[])
returns table (
  id uuid, status text, final boolean, tries integer, execute_at timestamptz, output jsonb, error text,
  http_status integer, waits_for text
)
language plpgsql
volatile
rows 1
set search_path = ''
as $$
begin
  return query
    select
      l.id, s.next, s.next = 'failed', l.tries + s.is_retry::integer,
      case
        when s.is_retry then read_results.at_time + coalesce(
          workflow_engine.wait_of(r.retry_after_ms),
          workflow_engine.backoff(l.tries + 1, a.backoff_base, a.backoff_factor, a.backoff_cap)
        )
        when s.next = 'waiting' then coalesce(s.due_at, i.ask_again_at)
        when s.next = 'not_started' then read_results.at_time
        else l.execute_at
      end,
      case when s.next = 'completed' then r.output end,
      case
        when i.is_too_large then format('The output has more than %s bytes', g.output_bytes)
        when s.fault is not null then format('Cannot %s: %s', case
          when r.wait ->> 'kind' = 'run' then format('start workflow "%s"', left(r.wait ->> 'workflow', 300))
          else 'wait'
        end, s.fault)
        when r.status = 'failed' then coalesce(r.error, 'No reason given')
        when s.next <> 'completed' then l.error
      end,
      coalesce(r.http_status, case when l.status = 'waiting' then l.http_status end), coalesce(s.kind, l.waits_for)
    from (
      select e.value -> 'output' as output, e.value -> 'wait' as wait, t.*
      from jsonb_array_elements(read_results.results) e
      cross join lateral jsonb_to_record(e.value) t (
        id uuid, attempt integer, status text, error text, final boolean,
        retry_after_ms double precision, timeout_ms double precision, http_status integer
      )
    ) r
    join public.workflow_action_logs l on l.id = r.id and l.attempt = r.attempt and l.status = any (read_results.statuses)
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    join workflow_engine.settings g on g.id
    cross join lateral (
      select
        r.status = 'failed' and r.final is not true and l.tries < a.max_retries as is_retry,
        -- As text, no byte becomes more than six: only what might be too large is written out to be measured.
        r.status = 'completed' and pg_column_size(r.output) > g.output_bytes / 6
          and octet_length(r.output::text) > g.output_bytes as is_too_large,
        case when r.status = 'waiting' then workflow_engine.read_wait(l, r.wait, r.timeout_ms, read_results.at_time) end as wait,
        case
          when r.status in ('failed', 'waiting') and l.waits_for = 'approval'
            then workflow_engine.ask_again_at(l.id, read_results.at_time)
        end as ask_again_at
      offset 0
    ) i
    cross join lateral (
      select i.is_retry, (i.wait).*, case
        when i.is_retry or r.status = 'released' then 'not_started'
        when i.ask_again_at is not null then 'waiting'
        when i.is_too_large or (i.wait).fault is not null then 'failed'
        else r.status
      end as next
    ) s;
end;
$$;

comment on function workflow_engine.read_results(jsonb, timestamptz, text[]) is
  'What the results of current attempts make of their action logs.';

-- Writes results, each exactly once: a result whose attempt is no longer the current one matches nothing.
-- Returns the action logs of the others.
create or replace function workflow_engine.write_results(results jsonb, at_time timestamptz, statuses text[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_accepted uuid[];
begin
  with written as (
    update public.workflow_action_logs l
    set
      status = r.status,
      final = r.final,
      tries = r.tries,
      execute_at = r.execute_at,
      output = r.output,
      error = r.error,
      http_status = r.http_status,
      waits_for = r.waits_for,
      lease_expires_at = null,
      completed_at = case when r.status in ('completed', 'failed') then greatest(write_results.at_time, l.started_at) end
    from workflow_engine.read_results(write_results.results, write_results.at_time, write_results.statuses) r
    where l.id = r.id
    returning l.id
  )
  select coalesce(array_agg(w.id), '{}') into v_accepted from written w;
  return v_accepted;
end;
$$;

comment on function workflow_engine.write_results(jsonb, timestamptz, text[]) is
  'Writes the results of current attempts in these statuses; returns their action logs.';

-- The heartbeat: a lease lasts at least lease_grace from now.
create or replace function workflow_engine.extend_leases(running jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set lease_expires_at = greatest(l.lease_expires_at, clock_timestamp() + s.lease_grace)
  from jsonb_to_recordset(extend_leases.running) r (id uuid, attempt integer), workflow_engine.settings s
  where s.id and l.id = r.id and l.attempt = r.attempt and l.status = 'processing'
    and l.lease_expires_at < clock_timestamp() + s.lease_grace;
end;
$$;

comment on function workflow_engine.extend_leases(jsonb) is
  'Extends the leases of attempts that are still running.';

-- Which attempts of a report are no longer current, by what became of them: stopped, or stale. The
-- lateral look-up keeps to the index, however small the table was when the plan was made.
create or replace function workflow_engine.find_outdated(attempts jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'stopped', coalesce(jsonb_agg(r.id) filter (where l.status = 'stopped' and l.attempt = r.attempt), '[]'),
      'stale', coalesce(jsonb_agg(r.id) filter (where l.status is distinct from 'stopped' or l.attempt <> r.attempt), '[]')
    )
    from jsonb_to_recordset(find_outdated.attempts) r (id uuid, attempt integer)
    left join lateral (
      select a.status, a.attempt from public.workflow_action_logs a where a.id = r.id limit 1
    ) l on true
    where (l.attempt = r.attempt and l.status = 'processing') is not true
  );
end;
$$;

comment on function workflow_engine.find_outdated(jsonb) is
  'Which of these attempts are no longer current: {"stopped": [id], "stale": [id]}.';

-- What a worker reports with: results in, outdated attempts and the next claims out. Lock order: the
-- reported logs by id, then runs by id. It waits for work only when it had nothing to write, because
-- what it wrote must not stay uncommitted meanwhile. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_report(
  worker_id text,
  results jsonb,
  running jsonb default '[]',
  max_actions integer default 0,
  wait_ms integer default 0
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_outdated jsonb;
  v_now timestamptz;
  v_accepted uuid[] := array[]::uuid[];
  v_wait_ms integer := case
    when workflow_report.results = '[]' and workflow_report.running = '[]' then workflow_report.wait_ms
    else 0
  end;
begin
  perform workflow_engine.check_limits(workflow_report.max_actions, workflow_report.wait_ms, 0);
  perform workflow_engine.check_report(workflow_report.results, workflow_report.running);
  perform workflow_engine.mute_wake();
  perform from public.workflow_action_logs l
  where l.id = any (array(
    select (e.value ->> 'id')::uuid
    from jsonb_array_elements(workflow_report.results || workflow_report.running) e
  ))
  order by l.id
  for update;
  v_outdated := workflow_engine.find_outdated(workflow_report.results || workflow_report.running);
  if workflow_report.results <> '[]' then
    v_now := workflow_engine.clock();
    v_accepted := workflow_engine.write_results(workflow_report.results, v_now, '{processing}');
    perform workflow_engine.register_waits(workflow_report.results, v_accepted, v_now);
  end if;
  if workflow_report.running <> '[]' then
    perform workflow_engine.extend_leases(workflow_report.running);
  end if;
  return workflow_engine.claim_or_wait(workflow_report.worker_id, workflow_report.max_actions, v_wait_ms)
    || v_outdated || jsonb_build_object('accepted', cardinality(v_accepted));
end;
$$;

comment on function public.workflow_report(text, jsonb, jsonb, integer, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Reports results [{"id", "attempt", "status", "output" | "error", …}], extends the leases of running [{"id", "attempt"}], and claims more (waiting up to wait_ms only when there is nothing to report); returns {"accepted", "stale", "stopped", "actions", "claims", "next_due_ms"}. Raises PT400 for a report that cannot be read.';


-- 50_completion/recover.sql

-- Does something to all of these action logs at once, and where that fails, to each by itself: one that cannot
-- be written is a warning in the database's log, and the others do not wait for it. `repair` is a function of
-- action logs and the time.
create or replace function workflow_engine.repair_logs(repair text, log_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_repair text := format('select workflow_engine.%I($1, $2)', repair_logs.repair);
  v_log uuid;
begin
  execute v_repair using repair_logs.log_ids, repair_logs.at_time;
exception
  when others then
    foreach v_log in array repair_logs.log_ids loop
      begin
        execute v_repair using array[v_log], repair_logs.at_time;
      exception
        when others then
          raise warning 'Cannot % for action log %: %', repair_logs.repair, v_log, sqlerrm;
      end;
    end loop;
end;
$$;

comment on function workflow_engine.repair_logs(text, uuid[], timestamptz) is
  'Calls a function with these action logs, or, where that fails, with each by itself.';

-- An attempt whose lease ran out goes back to be claimed again, at once; without tries left it fails, or, where it
-- was a reminder, leaves the question open.
create or replace function workflow_engine.end_lost_attempts(log_ids uuid[], at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' when p.ask_again_at is not null then 'waiting' else 'failed' end,
    final = l.tries >= a.max_retries and p.ask_again_at is null,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = case when l.tries < a.max_retries then end_lost_attempts.at_time else coalesce(p.ask_again_at, l.execute_at) end,
    completed_at = case
      when l.tries >= a.max_retries and p.ask_again_at is null then greatest(end_lost_attempts.at_time, l.started_at)
    end,
    lease_expires_at = null,
    error = format('The worker "%s" was lost: its lease ran out', l.worker_id)
  from unnest(end_lost_attempts.log_ids) i (id)
  cross join lateral (
    select workflow_engine.ask_again_at(i.id, end_lost_attempts.at_time) as ask_again_at
  ) p
  cross join workflow_engine.action_version a
  where l.id = i.id
    and a.workflow_id = l.workflow_id and a.version = l.workflow_version
    and a.workflow_action_id = l.workflow_action_id;
$$;

comment on function workflow_engine.end_lost_attempts(uuid[], timestamptz) is
  'Gives these action logs back, or fails those without tries left.';

create or replace function workflow_engine.recover_expired_leases(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_expired uuid[] := array(
    select l.id
    from public.workflow_action_logs l
    where l.status = 'processing' and l.lease_expires_at < clock_timestamp()
    order by l.id
    limit 1000
    for update skip locked
  );
begin
  if v_expired <> '{}' then
    perform workflow_engine.repair_logs('end_lost_attempts', v_expired, recover_expired_leases.at_time);
  end if;
end;
$$;

comment on function workflow_engine.recover_expired_leases(timestamptz) is
  'Gives back the action logs whose lease ran out.';

-- A failure that an application wrote itself is retried like any other, or becomes final.
create or replace function workflow_engine.retry_written_failures(log_ids uuid[], at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' else 'failed' end,
    final = l.tries >= a.max_retries,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = l.completed_at + workflow_engine.backoff(l.tries + 1, a.backoff_base, a.backoff_factor, a.backoff_cap),
    completed_at = case when l.tries >= a.max_retries then l.completed_at end
  from workflow_engine.action_version a
  where l.id = any (retry_written_failures.log_ids)
    and a.workflow_id = l.workflow_id and a.version = l.workflow_version
    and a.workflow_action_id = l.workflow_action_id;
$$;

comment on function workflow_engine.retry_written_failures(uuid[], timestamptz) is
  'Retries these failures, or makes those final that have no tries left.';

-- What the attempt before waited for goes with it: the next may wait for something else.
create or replace function workflow_engine.retry_failed(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_failed uuid[] := array(
    select l.id
    from public.workflow_action_logs l
    where l.status = 'failed' and not l.final
    order by l.id
    limit 1000
    for update skip locked
  );
begin
  if v_failed <> '{}' then
    perform workflow_engine.forget_event_waits(v_failed);
    perform workflow_engine.repair_logs('retry_written_failures', v_failed, retry_failed.at_time);
  end if;
end;
$$;

comment on function workflow_engine.retry_failed(timestamptz) is
  'Retries failures that an application wrote, or makes them final when no tries are left.';


-- 50_completion/read_wait.sql

-- What an attempt that ends in waiting waits for, and until when; or why it cannot.
create type workflow_engine.wait as (
  kind text,
  due_at timestamptz,
  fault text
);

comment on type workflow_engine.wait is
  'What an action log waits for and until when; or, in fault, why it cannot.';

-- A text as a length of time from none to ten years.
create or replace function workflow_engine.to_duration(value text)
returns interval
language plpgsql
stable
set search_path = ''
as $$
declare
  v_duration interval := to_duration.value::interval;
begin
  if v_duration not between interval '0' and interval '10 years' then
    raise exception using errcode = 'invalid_parameter_value',
      message = format('"%s" is not between no time and ten years', to_duration.value);
  end if;
  return v_duration;
end;
$$;

comment on function workflow_engine.to_duration(text) is
  'A text such as "15 minutes" or "PT15M" as an interval from none to ten years; raises a data exception otherwise.';

-- When a sleep is over: at a time, or after a duration, of which days and longer are counted in wall time of
-- the workflow's zone, so that they keep the hour when daylight saving changes.
create or replace function workflow_engine.end_of_sleep(wait jsonb, timezone text, at_time timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_duration interval := workflow_engine.to_duration(end_of_sleep.wait ->> 'duration');
  v_hours interval := make_interval(secs => extract(epoch from v_duration - date_trunc('day', v_duration)));
  v_until timestamptz;
begin
  if end_of_sleep.wait ? 'duration' then
    return v_hours + case
      when v_duration = v_hours then end_of_sleep.at_time
      else ((end_of_sleep.at_time at time zone end_of_sleep.timezone) + (v_duration - v_hours)) at time zone end_of_sleep.timezone
    end;
  end if;
  v_until := workflow_engine.to_instant(end_of_sleep.wait -> 'until', end_of_sleep.timezone);
  if v_until is null then
    raise exception using errcode = 'invalid_parameter_value',
      message = format('%s is no time such as "2030-01-31T09:00:00+01:00"', coalesce(end_of_sleep.wait -> 'until', 'null'));
  end if;
  return v_until;
end;
$$;

comment on function workflow_engine.end_of_sleep(jsonb, text, timestamptz) is
  'When a sleep of {"duration"} or {"until"} is over; raises a data exception for what is neither.';

-- The workflow of that name that a run of this organization may start: its own, else the platform's.
create or replace function workflow_engine.find_workflow(name text, organization_id text)
returns public.workflow
language sql
stable
set search_path = ''
as $$
  select w
  from public.workflow w
  where w.name = find_workflow.name
    and (w.organization_id = find_workflow.organization_id or w.organization_id is null)
  order by w.organization_id nulls last
  limit 1;
$$;

comment on function workflow_engine.find_workflow(text, text) is
  'The workflow of a name that a run of this organization may start.';

-- Why a run cannot start that child, or null.
create or replace function workflow_engine.find_child_fault(parent_run_id uuid, workflow text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_parent public.workflow_run := (select r from public.workflow_run r where r.id = find_child_fault.parent_run_id);
  v_child public.workflow := workflow_engine.find_workflow(find_child_fault.workflow, v_parent.organization_id);
  v_max_depth integer := (select s.max_depth from workflow_engine.settings s);
begin
  return case
    when v_child.id is null then 'there is none of that name'
    when not v_child.is_active then 'it is not active'
    when v_parent.depth >= v_max_depth then format('it would be more than %s runs deep', v_max_depth)
  end;
end;
$$;

comment on function workflow_engine.find_child_fault(uuid, text) is
  'Why a run cannot start a child of this workflow, or null.';

-- Which member of a wait has no type that can be registered, or null. What is a text there is read as one. A path
-- looks into an array as if its items were there in its place, but for type(), which says that it is one.
create or replace function workflow_engine.find_shape_fault(wait jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select format('its "%s" is no %s', m.name, m.expected)
  from (values
    ('sleep', 'duration', '!exists($.duration) || $.duration.type() != "null"', 'length of time'),
    ('event', 'match', '!exists($.match) || $.match.type() == "object"', 'object'),
    ('approval', 'message', '$.message.type() == "string"', 'text'),
    ('approval', 'details', '!exists($.details) || $.details.type() == "object"', 'object'),
    ('approval', 'tokens', '!exists($.tokens) || $.tokens.type() == "array" && !exists($.tokens[*].type() ? (@ != "object")) && !exists(
      $.tokens[*] ? (!(@.recipient.type() == "string" && @.hash.type() == "string" && @.hash like_regex "^[0-9a-f]{64}$"))
    )', 'array of {"recipient", "hash"}'),
    ('run', 'input', '!exists($.input) || $.input.type() == "object"', 'object'),
    ('run', 'wait', '!exists($.wait) || $.wait.type() == "boolean"', 'boolean'),
    ('run', 'on_failure', '!exists($.on_failure) || $.on_failure.type() == "string" && ($.on_failure == "fail" || $.on_failure == "continue")', '"fail" or "continue"')
  ) m (kind, name, condition, expected)
  where m.kind = find_shape_fault.wait ->> 'kind'
    and jsonb_path_match(find_shape_fault.wait, m.condition::jsonpath, silent => true) is not true
  limit 1;
$$;

comment on function workflow_engine.find_shape_fault(jsonb) is
  'Which member of a wait cannot be registered, as "its … is no …", or null.';

-- Reads what an attempt says that it waits for. A reminded approval keeps its expiry and its interval.
create or replace function workflow_engine.read_wait(
  log public.workflow_action_logs,
  wait jsonb,
  timeout_ms double precision,
  at_time timestamptz
)
returns workflow_engine.wait
language plpgsql
stable
set search_path = ''
as $$
declare
  v_kind text := coalesce(read_wait.wait ->> 'kind', 'callback');
  v_due_at timestamptz;
  v_fault text := workflow_engine.find_shape_fault(read_wait.wait);
begin
  if v_fault is not null then
    return row(null::text, null::timestamptz, v_fault);
  end if;
  v_due_at := read_wait.at_time + coalesce(
    workflow_engine.wait_of(read_wait.timeout_ms),
    workflow_engine.to_duration(coalesce(read_wait.wait ->> 'timeout', read_wait.wait ->> 'expires_in')),
    (select s.waiting_timeout from workflow_engine.settings s)
  );
  if v_kind = 'sleep' then
    v_due_at := workflow_engine.end_of_sleep(read_wait.wait, v.timezone, read_wait.at_time)
    from workflow_engine.workflow_version v
    where v.workflow_id = (read_wait.log).workflow_id and v.version = (read_wait.log).workflow_version;
  elsif v_kind = 'event' then
    perform workflow_engine.to_duration(read_wait.wait ->> 'look_back');
    v_fault := case
      when workflow_engine.is_event_name(read_wait.wait ->> 'event') is not true
        then format('"%s" is not the name of an event', left(read_wait.wait ->> 'event', 300))
    end;
  elsif v_kind = 'approval' and workflow_engine.to_duration(read_wait.wait ->> 'remind_after') < interval '1 minute' then
    v_fault := 'remind_after is less than a minute';
  elsif v_kind = 'approval' then
    v_due_at := coalesce(
      workflow_engine.ask_again_at((read_wait.log).id, read_wait.at_time),
      least(v_due_at, workflow_engine.next_reminder(0, workflow_engine.to_duration(read_wait.wait ->> 'remind_after'), read_wait.at_time))
    );
  elsif v_kind = 'run' then
    v_due_at := 'infinity';
    v_fault := workflow_engine.find_child_fault((read_wait.log).run_id, read_wait.wait ->> 'workflow');
  elsif v_kind <> 'callback' then
    v_fault := format('"%s" is nothing that an action can wait for', v_kind);
  end if;
  return row(case when v_fault is null then v_kind end, v_due_at, v_fault);
exception
  when data_exception then
    return row(null::text, null::timestamptz, sqlerrm);
end;
$$;

comment on function workflow_engine.read_wait(public.workflow_action_logs, jsonb, double precision, timestamptz) is
  'What an attempt waits for and until when, or why it cannot.';


-- 50_completion/register_waits.sql

-- An action log that has just begun to wait, and what for, as its attempt reported it.
create type workflow_engine.new_wait as (
  id uuid,
  wait jsonb,
  timeout_ms double precision
);

comment on type workflow_engine.new_wait is 'An action log that has just begun to wait, and what for.';

-- Some members of a JSON object that are no object or array themselves, with their paths.
create or replace function workflow_engine.some_members(value jsonb)
returns table (path text[], member jsonb)
language plpgsql
immutable
rows 10
set search_path = ''
as $$
begin
  return query
    with recursive member (path, value) as (
      select array[]::text[], some_members.value
      union all
      select m.path || e.key, e.value
      from member m
      cross join lateral jsonb_each(case jsonb_typeof(m.value) when 'object' then m.value else '{}' end) e
      where cardinality(m.path) < 8
    )
    select m.path, m.value
    from member m
    where jsonb_typeof(m.value) not in ('object', 'array')
    limit 20;
end;
$$;

comment on function workflow_engine.some_members(jsonb) is
  'Up to twenty scalar members of a JSON object with their paths, down to eight levels.';

-- The hash by which a wait and its event find each other; without a member, the scope. Equal numbers have the same,
-- however they are written.
create or replace function workflow_engine.match_key(scope bigint, path text[], member jsonb)
returns bigint
language sql
immutable
return coalesce(jsonb_hash_extended(member, hash_array_extended(path, scope)), scope);

comment on function workflow_engine.match_key(bigint, text[], jsonb) is
  'The hash of a scope and a member of a payload with its path.';

-- The path of the member by which a match is found: the one that the fewest others wait with; null when it has
-- none. No more than a hundred paths a scope, for an event looks at each, and none that is too long for an index.
create or replace function workflow_engine.choose_path(organization_id text, name text, match jsonb)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_scope bigint := workflow_engine.event_scope(choose_path.organization_id, choose_path.name);
begin
  return (
    select m.path
    from workflow_engine.some_members(choose_path.match) m
    cross join lateral (
      select count(*) as others
      from (
        select
        from workflow_engine.event_wait w
        where w.name = choose_path.name and w.match_key = workflow_engine.match_key(v_scope, m.path, m.member) and w.event_id is null
        limit 100
      ) o
    ) c
    where pg_column_size(m.path) <= 500
      and (
        exists (select from workflow_engine.match_path p where p.scope = v_scope and p.path = m.path)
        or (select count(*) from workflow_engine.match_path p where p.scope = v_scope) < 100
      )
    order by c.others, m.path
    limit 1
  );
end;
$$;

comment on function workflow_engine.choose_path(text, text, jsonb) is
  'The path of the member by which a wait for an event is found, or null.';

-- Has the events kept that these wait for and no definition names. A name that is new here is seen by emits when
-- this transaction has committed.
create or replace function workflow_engine.register_names(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
as $$
begin
  insert into workflow_engine.awaited_name (name, waited_at)
  select e.name, register_names.at_time
  from (select distinct w.wait ->> 'event' as name from unnest(register_names.waits) w where w.wait ->> 'kind' = 'event') e
  where coalesce(
    (select true from workflow_engine.action_version a where a.awaits = e.name limit 1),
    (
      select true
      from workflow_engine.awaited_name n
      where n.name = e.name and n.waited_at > register_names.at_time - interval '1 day'
      limit 1
    ),
    false
  ) is false
  order by e.name
  on conflict (name) do update set waited_at = excluded.waited_at;
end;
$$;

comment on function workflow_engine.register_names(workflow_engine.new_wait[], timestamptz) is
  'Registers the names of events that no definition has.';

-- Registers those that wait for an event: for one since their run's own, or since look_back. The path of each is
-- chosen once: another transaction's wait, committed meanwhile, would make it another, and an event looks only at the
-- paths that are written down.
create or replace function workflow_engine.register_events(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  with chosen as materialized (
    select l.id, l.attempt, l.run_id, l.organization_id, w.wait ->> 'event' as name, m.match, p.path,
      workflow_engine.event_scope(l.organization_id, w.wait ->> 'event') as scope,
      least(e.occurred_at, register_events.at_time - workflow_engine.to_duration(w.wait ->> 'look_back')) as since,
      l.execute_at as until
    from unnest(register_events.waits) w
    cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
    cross join lateral (select * from public.workflow_run r where r.id = l.run_id limit 1) r
    cross join lateral (select * from public.workflow_event e where e.id = r.event_id limit 1) e
    cross join lateral (select coalesce(w.wait -> 'match', '{}') as match) m
    cross join lateral (
      select workflow_engine.choose_path(l.organization_id, w.wait ->> 'event', m.match) as path offset 0
    ) p
    where l.waits_for = 'event'
  ),
  noted as (
    insert into workflow_engine.match_path (scope, path)
    select distinct c.scope, c.path
    from chosen c
    where c.path is not null
    order by c.scope, c.path
    on conflict do nothing
  )
  insert into workflow_engine.event_wait (
    action_log_id, attempt, run_id, organization_id, name, match, match_key, since, until
  )
  select c.id, c.attempt, c.run_id, c.organization_id, c.name, c.match,
    workflow_engine.match_key(c.scope, c.path, c.match #> c.path), c.since, c.until
  from chosen c
  on conflict (action_log_id) do update
  set attempt = excluded.attempt, name = excluded.name, match = excluded.match, match_key = excluded.match_key,
    since = excluded.since, until = excluded.until, is_new = true, marked_by = excluded.marked_by, event_id = null;
end;
$$;

comment on function workflow_engine.register_events(workflow_engine.new_wait[], timestamptz) is
  'Registers the action logs that wait for an event.';

-- Another question takes the place of one that was stopped; what was asked goes into the history.
create or replace function workflow_engine.withdraw_approvals(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  with withdrawn as (
    delete from public.workflow_approval a
    where a.status = 'stopped' and a.action_log_id = any (withdraw_approvals.log_ids)
    returning a.*
  )
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, started_at, detail
  )
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), l.item_index, 'approval_requested',
    p.attempt, p.requested_at, jsonb_build_object('approval_id', p.id, 'role', p.role, 'message', p.message, 'expires_at', p.expires_at)
  from withdrawn p
  join public.workflow_action_logs l on l.id = p.action_log_id;
end;
$$;

comment on function workflow_engine.withdraw_approvals(uuid[]) is
  'Moves what was asked by these action logs and was stopped into the history.';

-- Asks people, or, after a reminder, goes on waiting for them. What was asked once keeps its expiry and its interval.
create or replace function workflow_engine.register_approvals(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  perform workflow_engine.withdraw_approvals(array(select w.id from unnest(register_approvals.waits) w));
  update public.workflow_approval a
  set attempt = l.attempt, remind_at = workflow_engine.next_reminder(a.reminders, a.remind_after, register_approvals.at_time)
  from unnest(register_approvals.waits) w
  cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
  where a.action_log_id = l.id and a.status = 'pending' and l.waits_for = 'approval';
  insert into public.workflow_approval (
    organization_id, run_id, action_log_id, attempt, role, message, details, expires_at, remind_after, remind_at
  )
  select l.organization_id, l.run_id, l.id, l.attempt, w.wait ->> 'role', w.wait ->> 'message', coalesce(w.wait -> 'details', '{}'),
    register_approvals.at_time + coalesce(
      workflow_engine.wait_of(w.timeout_ms), workflow_engine.to_duration(w.wait ->> 'expires_in'), s.waiting_timeout
    ),
    workflow_engine.to_duration(w.wait ->> 'remind_after'),
    workflow_engine.next_reminder(0, workflow_engine.to_duration(w.wait ->> 'remind_after'), register_approvals.at_time)
  from unnest(register_approvals.waits) w
  cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
  join workflow_engine.settings s on s.id
  where l.waits_for = 'approval'
    and not exists (select from public.workflow_approval a where a.action_log_id = l.id);
  insert into workflow_engine.approval_token (hash, approval_id, recipient)
  select decode(t.token ->> 'hash', 'hex'), a.id, t.token ->> 'recipient'
  from unnest(register_approvals.waits) w
  join public.workflow_approval a on a.action_log_id = w.id
  cross join lateral jsonb_array_elements(w.wait -> 'tokens') t (token)
  on conflict do nothing;
end;
$$;

comment on function workflow_engine.register_approvals(workflow_engine.new_wait[], timestamptz) is
  'Registers the action logs that wait for a decision.';

-- A child that is about to be started, and the action log that starts it.
create type workflow_engine.new_child as (
  log public.workflow_action_logs,
  wait jsonb,
  workflow public.workflow,
  event_id uuid,
  run_id uuid,
  depth integer
);

comment on type workflow_engine.new_child is 'A child that is about to be started, and the action log that starts it.';

-- Starts children: the input of each is its event, its parent's record is its record. The time is that of the report,
-- by which an action that does not wait has completed.
create or replace function workflow_engine.start_children(children workflow_engine.new_child[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public.workflow_event (id, organization_id, name, payload, source, related_table, related_table_pkey, expanded_at)
  select c.event_id, (c.log).organization_id, 'workflow.started', coalesce(c.wait -> 'input', '{}'), 'start',
    (c.log).related_table, (c.log).related_table_pkey, start_children.at_time
  from unnest(start_children.children) c;
  insert into public.workflow_run (
    id, organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, created_at,
    starts_at, parent_run_id, parent_action_log_id, parent_attempt, on_failure, owes_answer, depth
  )
  select c.run_id, (c.log).organization_id, (c.workflow).id, (c.workflow).version, c.event_id, (c.log).related_table,
    (c.log).related_table_pkey, start_children.at_time, start_children.at_time, (c.log).run_id, (c.log).id, (c.log).attempt,
    coalesce(c.wait ->> 'on_failure', 'fail'), coalesce((c.wait ->> 'wait')::boolean, true), c.depth
  from unnest(start_children.children) c;
  perform workflow_engine.advance_runs(array(select c.run_id from unnest(start_children.children) c));
end;
$$;

comment on function workflow_engine.start_children(workflow_engine.new_child[], timestamptz) is
  'Starts the children of action logs.';

-- The children that these actions have started already and that can go on: an attempt before was superseded, or its
-- run was retried. Not what was undone, nor what nobody knows any more how to do.
create or replace function workflow_engine.find_children(waits workflow_engine.new_wait[])
returns table (action_log_id uuid, attempt integer, on_failure text, run_id uuid)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select l.id, l.attempt, coalesce(w.wait ->> 'on_failure', 'fail'), c.id
    from unnest(find_children.waits) w
    cross join lateral (select * from public.workflow_action_logs l where l.id = w.id limit 1) l
    cross join lateral (
      select *
      from public.workflow_run c
      where c.parent_run_id = l.run_id and c.parent_action_log_id = l.id
      order by c.id desc
      limit 1
    ) c
    join workflow_engine.workflow_version v on v.workflow_id = c.workflow_id and v.version = c.workflow_version
    join public.workflow f on f.id = c.workflow_id
    where l.waits_for = 'run'
      and w.wait -> 'wait' is distinct from 'false'
      and f.name = w.wait ->> 'workflow'
      and not c.is_compensating;
end;
$$;

comment on function workflow_engine.find_children(workflow_engine.new_wait[]) is
  'The children that action logs have started before and that can go on.';

-- Lets the children that these actions have started before go on from where they broke, and owe their answer to
-- the new attempt: what they had done is not done again. Returns the actions.
create or replace function workflow_engine.resume_children(waits workflow_engine.new_wait[], at_time timestamptz)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_logs uuid[];
  v_children uuid[];
  v_retried uuid[];
begin
  select array_agg(c.action_log_id), array_agg(c.run_id) into v_logs, v_children
  from workflow_engine.find_children(resume_children.waits) c;
  if v_children is null then
    return array[]::uuid[];
  end if;
  delete from workflow_engine.unneeded_child u where u.run_id = any (v_children);
  v_retried := workflow_engine.retry_runs(v_children, array_fill(resume_children.at_time, array[cardinality(v_children)]));
  perform workflow_engine.record_control('retried', r, 'The action that started it was retried', null,
    jsonb_build_object('parent_run_id', r.parent_run_id), resume_children.at_time)
  from public.workflow_run r
  where r.id = any (v_retried);
  update public.workflow_run r
  set parent_attempt = c.attempt, on_failure = c.on_failure, owes_answer = true,
    ended_in = case when r.completed_at is not null then pg_current_xact_id() end
  from workflow_engine.find_children(resume_children.waits) c
  where r.id = any (v_children) and r.id = c.run_id;
  return v_logs;
end;
$$;

comment on function workflow_engine.resume_children(workflow_engine.new_wait[], timestamptz) is
  'Lets children that were started before go on; returns the action logs that have some.';

-- Starts children; those that nobody waits for are an answer already.
create or replace function workflow_engine.register_children(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_resumed uuid[] := workflow_engine.resume_children(register_children.waits, register_children.at_time);
  v_children workflow_engine.new_child[] := array(
    select row(l.log, w.wait, f, workflow_engine.new_id(), workflow_engine.new_id(), p.depth + 1)::workflow_engine.new_child
    from unnest(register_children.waits) w
    cross join lateral (select l as log from public.workflow_action_logs l where l.id = w.id limit 1) l
    cross join lateral (select r.depth from public.workflow_run r where r.id = (l.log).run_id limit 1) p
    cross join lateral workflow_engine.find_workflow(w.wait ->> 'workflow', (l.log).organization_id) f
    where (l.log).waits_for = 'run' and w.id <> all (v_resumed)
  );
  v_answers jsonb;
begin
  if v_children = '{}' then
    return;
  end if;
  perform workflow_engine.start_children(v_children, register_children.at_time);
  select to_jsonb(array_agg(jsonb_build_object(
    'id', (c.log).id, 'attempt', (c.log).attempt, 'status', 'completed',
    'output', jsonb_build_object('run_id', c.run_id, 'status', 'running', 'output', jsonb '{}')
  )))
  into v_answers
  from unnest(v_children) c
  where c.wait -> 'wait' = 'false';
  if v_answers is not null then
    perform workflow_engine.write_results(v_answers, register_children.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.register_children(workflow_engine.new_wait[], timestamptz) is
  'Starts the children of action logs, or lets those go on that they have.';

-- Looks at once whether the events of those that begin to wait were there before them. For what a second is too
-- short, and where another transaction gives such an event to another wait of the run, the next claim looks again.
create or replace function workflow_engine.look_back(waits workflow_engine.new_wait[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1 second';
  v_begun_at timestamptz;
  v_size integer := 1;
  v_left uuid[] := array(select w.id from unnest(look_back.waits) w where w.wait ->> 'kind' = 'event');
begin
  while v_left <> array[]::uuid[] and clock_timestamp() < v_until loop
    v_begun_at := clock_timestamp();
    perform workflow_engine.match_slice(array[]::uuid[], v_left[:v_size], look_back.at_time);
    v_left := v_left[v_size + 1:];
    v_size := workflow_engine.next_slice(v_size, v_begun_at);
  end loop;
exception
  when unique_violation then
    raise log 'workflow_engine.look_back: %', sqlerrm;
end;
$$;

comment on function workflow_engine.look_back(workflow_engine.new_wait[], timestamptz) is
  'Answers those that begin to wait for an event that was there before them.';

-- After results were written: registers what those that wait wait for, and looks at once whether their
-- event was there before them.
create or replace function workflow_engine.register_waits(results jsonb, accepted uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_waits workflow_engine.new_wait[];
begin
  if not jsonb_path_exists(register_waits.results, '$[*].wait') then
    return;
  end if;
  select array_agg(row(l.id, e.value -> 'wait', e.value ->> 'timeout_ms')::workflow_engine.new_wait)
  into v_waits
  from jsonb_array_elements(register_waits.results) e
  cross join lateral (
    select l.id, l.status from public.workflow_action_logs l where l.id = (e.value ->> 'id')::uuid limit 1
  ) l
  where e.value ? 'wait' and l.status = 'waiting' and l.id in (select unnest(register_waits.accepted));
  if v_waits is null then
    return;
  end if;
  perform workflow_engine.register_names(v_waits, register_waits.at_time);
  perform workflow_engine.register_events(v_waits, register_waits.at_time);
  perform workflow_engine.register_approvals(v_waits, register_waits.at_time);
  perform workflow_engine.register_children(v_waits, register_waits.at_time);
  perform workflow_engine.look_back(v_waits, register_waits.at_time);
end;
$$;

comment on function workflow_engine.register_waits(jsonb, uuid[], timestamptz) is
  'Registers what the waiting ones of these results wait for.';


-- 50_completion/match_events.sql

-- Whether an event says what a wait asks for, within its organization and its time. No `set` clause and no sub-select,
-- so that it is inlined: to call it takes longer than an index saves.
create or replace function workflow_engine.fits(event workflow_engine.awaited_event, wait workflow_engine.event_wait)
returns boolean
language sql
immutable
return (event).name = (wait).name
  and (event).organization_id is not distinct from (wait).organization_id
  and (event).occurred_at between (wait).since and (wait).until
  and (event).payload @> (wait).match;

comment on function workflow_engine.fits(workflow_engine.awaited_event, workflow_engine.event_wait) is
  'Whether an event says what a wait asks for.';

-- Whether an event is none for a run any more: the run began with it, or it has answered one of its actions.
create or replace function workflow_engine.is_spent(event_id uuid, run_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(
    (select true from workflow_engine.event_wait t where t.run_id = is_spent.run_id and t.event_id = is_spent.event_id limit 1),
    (select true from public.workflow_run r where r.id = is_spent.run_id and r.event_id = is_spent.event_id limit 1),
    false
  );
end;
$$;

comment on function workflow_engine.is_spent(uuid, uuid) is
  'Whether an event began a run or has answered an action of it.';

-- A wait, and an event that could answer it.
create type workflow_engine.event_match as (
  action_log_id uuid,
  attempt integer,
  run_id uuid,
  event_id uuid,
  occurred_at timestamptz
);

comment on type workflow_engine.event_match is 'A wait, and an event that could answer it.';

-- Some waits that each of these events could answer: a signal those of its run, another event those that share
-- a key with it. No more of one event than a few looks can answer.
create or replace function workflow_engine.find_waits(event_ids uuid[])
returns setof workflow_engine.event_match
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
  return query
    select m.action_log_id, m.attempt, m.run_id, e.event_id, e.occurred_at
    from unnest(find_waits.event_ids) i (id)
    cross join lateral (select a as event, a.* from workflow_engine.awaited_event a where a.event_id = i.id limit 1) e
    cross join lateral (
      select w.action_log_id, w.attempt, w.run_id
      from (select * from workflow_engine.event_wait w where w.run_id = e.run_id offset 0) w
      where w.event_id is null
        and workflow_engine.fits(e.event, w::workflow_engine.event_wait)
        and not workflow_engine.is_spent(e.event_id, w.run_id)
      union all
      select k.action_log_id, k.attempt, k.run_id
      from (
        select w.*
        from (
          select workflow_engine.match_key(p.scope, p.path, e.payload #> p.path) as key
          from workflow_engine.match_path p
          where p.scope = e.scope and e.payload #> p.path is not null
          union all
          select e.scope
        ) k
        cross join lateral (
          select w.action_log_id, w.attempt, w.run_id
          from workflow_engine.event_wait w
          where e.run_id is null and w.name = e.name and w.match_key = k.key and w.event_id is null
            and workflow_engine.fits(e.event, w)
            and not workflow_engine.is_spent(e.event_id, w.run_id)
          offset 0
        ) w
        limit 1000
      ) k
    ) m;
end;
$$;

comment on function workflow_engine.find_waits(uuid[]) is
  'The waits that these events could answer, up to a thousand of each.';

-- The oldest events that could answer a wait, of so many that were first in its time, or of all. Here and below, the
-- innermost query compares and orders as one index does and no other, so that a plan that was made on an empty table
-- has nothing else to choose.
create or replace function workflow_engine.find_in_order(wait workflow_engine.event_wait, scope bigint, most integer)
returns setof workflow_engine.event_match
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select (find_in_order.wait).action_log_id, (find_in_order.wait).attempt, (find_in_order.wait).run_id, a.event_id, a.occurred_at
    from (
      select *
      from workflow_engine.awaited_event a
      where a.run_id is null
        and (a.scope, a.occurred_at) >= (find_in_order.scope, (find_in_order.wait).since)
        and (a.scope, a.occurred_at) <= (find_in_order.scope, (find_in_order.wait).until)
      order by a.scope, a.occurred_at
      limit find_in_order.most
    ) a
    where workflow_engine.fits(a::workflow_engine.awaited_event, find_in_order.wait)
      and not workflow_engine.is_spent(a.event_id, (find_in_order.wait).run_id)
    order by a.scope, a.occurred_at
    limit 10;
end;
$$;

comment on function workflow_engine.find_in_order(workflow_engine.event_wait, bigint, integer) is
  'The oldest events that could answer a wait, of so many.';

-- The oldest events that could answer a wait, by what they say. Of very many it takes the oldest of those that are
-- found first, which are about the first that were written; more than the run has spent, so that one is left.
create or replace function workflow_engine.find_by_payload(wait workflow_engine.event_wait, scope bigint)
returns setof workflow_engine.event_match
language plpgsql
stable
rows 10
set search_path = ''
as $$
declare
  v_spent bigint := 1 + (
    select count(*) from workflow_engine.event_wait t where t.run_id = (find_by_payload.wait).run_id and t.event_id is not null
  );
begin
  return query
    select (find_by_payload.wait).action_log_id, (find_by_payload.wait).attempt, (find_by_payload.wait).run_id,
      f.event_id, f.occurred_at
    from (
      select c.event_id, c.occurred_at
      from (
        select a.event_id, a.occurred_at
        from (
          select *
          from workflow_engine.awaited_event a
          where workflow_engine.scoped(a.scope, a.payload)
            @> workflow_engine.scoped(find_by_payload.scope, (find_by_payload.wait).match)
          offset 0
        ) a
        where a.run_id is null and workflow_engine.fits(a::workflow_engine.awaited_event, find_by_payload.wait)
        limit v_spent + 10000
      ) c
      order by c.occurred_at
      offset 0
    ) f
    where not workflow_engine.is_spent(f.event_id, (find_by_payload.wait).run_id)
    limit 10;
end;
$$;

comment on function workflow_engine.find_by_payload(workflow_engine.event_wait, bigint) is
  'The oldest events that could answer a wait, by what they say.';

-- The signals that could answer a wait.
create or replace function workflow_engine.find_signals(wait workflow_engine.event_wait)
returns setof workflow_engine.event_match
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select (find_signals.wait).action_log_id, (find_signals.wait).attempt, a.run_id, a.event_id, a.occurred_at
    from (select * from workflow_engine.awaited_event a where a.run_id = (find_signals.wait).run_id offset 0) a
    where workflow_engine.fits(a::workflow_engine.awaited_event, find_signals.wait)
      and not workflow_engine.is_spent(a.event_id, a.run_id)
    order by a.occurred_at
    limit 10;
end;
$$;

comment on function workflow_engine.find_signals(workflow_engine.event_wait) is
  'The oldest signals of its run that could answer a wait.';

-- Whether more than so many events were in the scope and the time of a wait.
create or replace function workflow_engine.has_more_events(wait workflow_engine.event_wait, scope bigint, most integer)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce((
    select true
    from workflow_engine.awaited_event a
    where a.run_id is null
      and (a.scope, a.occurred_at) >= (has_more_events.scope, (has_more_events.wait).since)
      and (a.scope, a.occurred_at) <= (has_more_events.scope, (has_more_events.wait).until)
    order by a.scope, a.occurred_at
    offset has_more_events.most
    limit 1
  ), false);
end;
$$;

comment on function workflow_engine.has_more_events(workflow_engine.event_wait, bigint, integer) is
  'Whether a wait has more events to look at than so many.';

-- The oldest events that could answer each of these waits. Most find theirs among the first of their time: where
-- that is short, or where every other event fits. Where it is long and none of 200 does, those are looked up
-- that do, or, for a match without a member to look up, all are read.
create or replace function workflow_engine.find_events(wait_ids uuid[])
returns setof workflow_engine.event_match
language plpgsql
stable
rows 100
set search_path = ''
as $$
declare
  v_wait workflow_engine.event_wait;
  v_scope bigint;
begin
  for v_wait in
    select w.*
    from unnest(find_events.wait_ids) i (id)
    cross join lateral (select * from workflow_engine.event_wait w where w.action_log_id = i.id limit 1) w
    where w.event_id is null
  loop
    v_scope := workflow_engine.event_scope(v_wait.organization_id, v_wait.name);
    return query select * from workflow_engine.find_signals(v_wait);
    return query select * from workflow_engine.find_in_order(v_wait, v_scope, 200);
    continue when found or not workflow_engine.has_more_events(v_wait, v_scope, 200);
    if v_wait.match_key = v_scope then
      return query select * from workflow_engine.find_in_order(v_wait, v_scope, null);
    else
      return query select * from workflow_engine.find_by_payload(v_wait, v_scope);
    end if;
  end loop;
end;
$$;

comment on function workflow_engine.find_events(uuid[]) is
  'The oldest events that could answer each of these waits.';

-- The answer that an event is; a payload that is larger than an output may be is left out.
create or replace function workflow_engine.event_answer(action_log_id uuid, attempt integer, event_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'id', event_answer.action_log_id, 'attempt', event_answer.attempt, 'status', 'completed'
    ) || jsonb_build_object('output', jsonb_build_object('timed_out', false, 'event',
      jsonb_build_object('id', e.event_id, 'name', e.name, 'occurred_at', e.occurred_at) || case
        when l.is_too_large then jsonb_build_object('payload', null, 'truncated', true)
        else jsonb_build_object('payload', e.payload)
      end
    ))
    from workflow_engine.awaited_event e
    join workflow_engine.settings s on s.id
    cross join lateral (select octet_length(e.payload::text) > s.output_bytes - 1000 as is_too_large) l
    where e.event_id = event_answer.event_id
  );
end;
$$;

comment on function workflow_engine.event_answer(uuid, integer, uuid) is
  'The result of an action log that an event answers.';

-- Lets each wait take its oldest event, and of the waits of a run that would take the same event the first.
-- Takes none whose log, wait or run somebody else holds. Gives the answers, and what got nothing now but may later: those events
-- and waits. A plan that was made while the tables were small must use the index, too, here and in
-- clear_marks(), forget_event_waits(), forget_waits() and register_approvals(): a small table is cheaper to read whole,
-- and then grows (docs/adr/0011).
create or replace function workflow_engine.take_matches(
  event_ids uuid[],
  wait_ids uuid[],
  out answers jsonb,
  out left_events uuid[],
  out left_waits uuid[]
)
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  with pair as materialized (
    select p.*
    from (
      select * from workflow_engine.find_waits(take_matches.event_ids)
      union
      select * from workflow_engine.find_events(take_matches.wait_ids)
    ) p
    cross join lateral (
      select l.status, l.attempt, l.waits_for from public.workflow_action_logs l where l.id = p.action_log_id limit 1
    ) l
    where l.status = 'waiting' and l.waits_for = 'event' and l.attempt = p.attempt
  ),
  first as (
    select distinct on (o.run_id, o.event_id) o.*
    from (select distinct on (p.action_log_id) p.* from pair p order by p.action_log_id, p.occurred_at, p.event_id) o
    order by o.run_id, o.event_id, o.action_log_id
    limit 500
  ),
  free as materialized (
    select f.action_log_id, f.event_id
    from first f
    cross join lateral (select * from public.workflow_action_logs l where l.id = f.action_log_id for update skip locked) l
    cross join lateral (
      select * from workflow_engine.event_wait w where w.action_log_id = f.action_log_id for update skip locked
    ) w
    cross join lateral (
      select workflow_engine.lock_owners(l.run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where l.status = 'waiting' and l.attempt = w.attempt and w.event_id is null and o.are_free
  ),
  taken as (
    update workflow_engine.event_wait w
    set event_id = f.event_id, is_new = false
    from free f
    where w.action_log_id = f.action_log_id
    returning w.action_log_id, w.attempt, w.event_id
  ),
  rest as (
    select p.* from pair p where not exists (select from taken t where t.action_log_id = p.action_log_id)
  )
  select
    (select to_jsonb(array_agg(workflow_engine.event_answer(t.action_log_id, t.attempt, t.event_id))) from taken t),
    array(select distinct r.event_id from rest r), array(select distinct r.action_log_id from rest r)
  into answers, left_events, left_waits;
end;
$$;

comment on function workflow_engine.take_matches(uuid[], uuid[]) is
  'Gives these events to those that wait, or these waits their events; returns the answers, and which got nothing but may later.';

-- Takes the marks of events and waits away that have been compared, but not those that this transaction set.
create or replace function workflow_engine.clear_marks(event_ids uuid[], wait_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  update workflow_engine.awaited_event e
  set is_new = false
  where e.event_id = any (clear_marks.event_ids) and e.marked_by <> pg_current_xact_id();
  update workflow_engine.event_wait w
  set is_new = false
  where w.action_log_id = any (clear_marks.wait_ids) and w.marked_by <> pg_current_xact_id();
end;
$$;

comment on function workflow_engine.clear_marks(uuid[], uuid[]) is
  'Takes the marks of events and waits away that have been compared with each other.';

-- Compares some events and waits, answers, and takes the marks of those away that have nothing left to find.
create or replace function workflow_engine.match_slice(event_ids uuid[], wait_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_match record;
begin
  select * into v_match from workflow_engine.take_matches(match_slice.event_ids, match_slice.wait_ids);
  perform workflow_engine.clear_marks(
    array(select unnest(match_slice.event_ids) except select unnest(v_match.left_events)),
    array(select unnest(match_slice.wait_ids) except select unnest(v_match.left_waits))
  );
  if v_match.answers is not null then
    perform workflow_engine.write_results(v_match.answers, match_slice.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.match_slice(uuid[], uuid[], timestamptz) is
  'Answers by some new events and some new waits.';

-- How much to compare next, after that much since then: twice as much where it took no time, half where it took long.
create or replace function workflow_engine.next_slice(size integer, begun_at timestamptz)
returns integer
language sql
volatile
return case when clock_timestamp() < begun_at + interval '100 ms' then size * 2 else greatest(size / 2, 1) end;

comment on function workflow_engine.next_slice(integer, timestamptz) is
  'The size of the slice that comes after one of this size, which was begun then.';

-- Compares new events with all that wait and new waits with all events. What may still find its other side,
-- because somebody holds that now, or because there is so much of it, stays new; so does what this transaction
-- made new. Slice by slice, and no further once a second has passed.
create or replace function workflow_engine.match_events(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1 second';
  v_begun_at timestamptz;
  v_size integer := 1;
  v_events uuid[];
  v_waits uuid[];
  v_seen uuid[] := array[]::uuid[];
begin
  loop
    v_begun_at := clock_timestamp();
    v_events := array(
      select event_id from workflow_engine.awaited_event
      where is_new and event_id <> all (v_seen)
      order by event_id
      limit v_size
      for update skip locked
    );
    v_waits := array(
      select action_log_id from workflow_engine.event_wait
      where is_new and action_log_id <> all (v_seen)
      order by action_log_id
      limit v_size
      for update skip locked
    );
    exit when v_events = array[]::uuid[] and v_waits = array[]::uuid[];
    perform workflow_engine.match_slice(v_events, v_waits, match_events.at_time);
    exit when clock_timestamp() >= v_until;
    v_seen := v_seen || v_events || v_waits;
    v_size := workflow_engine.next_slice(v_size, v_begun_at);
  end loop;
end;
$$;

comment on function workflow_engine.match_events(timestamptz) is
  'Answers those that wait with the events they wait for, for about a second at most.';

-- Keeps these events for those that wait, where a definition names them or an action has waited for one.
create or replace function workflow_engine.keep_awaited_events(event_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
as $$
begin
  insert into workflow_engine.awaited_event (event_id, organization_id, name, payload, occurred_at)
  select e.id, e.organization_id, e.name, e.payload, e.occurred_at
  from public.workflow_event e
  where e.id = any (keep_awaited_events.event_ids)
    and coalesce(
      (select true from workflow_engine.action_version a where a.awaits = e.name limit 1),
      (select true from workflow_engine.awaited_name n where n.name = e.name limit 1),
      false
    );
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.keep_awaited_events(uuid[]) is
  'Keeps the events that some definition or action waits for.';

-- Forgets awaited events that are too old to be looked back at, and signals when their run ended so long ago, too:
-- until then a retry finds them. Names when nobody waits for them any more: a name's date is renewed once a day, so
-- that two days are none too few.
create or replace function workflow_engine.forget_awaited_events(at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  delete from workflow_engine.awaited_event e
  where e.event_id in (
    select o.event_id
    from workflow_engine.awaited_event o
    where o.occurred_at < forget_awaited_events.at_time - (select s.look_back from workflow_engine.settings s)
      and not exists (
        select from public.workflow_run r
        where r.id = o.run_id and (
          r.completed_at is null
          or r.completed_at >= forget_awaited_events.at_time - (select s.look_back from workflow_engine.settings s)
        )
      )
    order by o.occurred_at
    limit 1000
    for update skip locked
  );
  delete from workflow_engine.awaited_name a
  where a.name in (
    select n.name
    from workflow_engine.awaited_name n
    where n.waited_at < forget_awaited_events.at_time - greatest((select s.look_back from workflow_engine.settings s), '2 days')
      and not exists (select from workflow_engine.event_wait w where w.name = n.name and w.event_id is null)
    limit 1000
    for update skip locked
  );
$$;

comment on function workflow_engine.forget_awaited_events(timestamptz) is
  'Forgets events that are too old to be looked back at, and names that nobody waits for.';


-- 50_completion/answer_parents.sql

-- The completed last actions of a run: those that no other follows.
create or replace function workflow_engine.last_logs(run_id uuid)
returns table (name text, output jsonb)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select a.name, l.output
    from public.workflow_run r
    join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    join public.workflow_action_logs l
      on l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
    where r.id = last_logs.run_id
      and l.status = 'completed'
      and not a.is_compensation
      and not exists (
        select from workflow_engine.action_version b
        where b.workflow_id = a.workflow_id and b.version = a.version and a.workflow_action_id = any (b.depends_on)
      );
end;
$$;

comment on function workflow_engine.last_logs(uuid) is
  'The names and outputs of a run''s completed last actions.';

-- What a run came to: the outputs of its last actions by name, or why there are none to hand up.
create or replace function workflow_engine.run_output(run_id uuid, out output jsonb, out error text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit bigint := (select s.output_bytes from workflow_engine.settings s where s.id);
begin
  if (select sum(octet_length(l.output::text)) from workflow_engine.last_logs(run_output.run_id) l) > v_limit then
    error := format('The outputs of the last actions of run %s have more than %s bytes together', run_output.run_id, v_limit);
  else
    select coalesce(json_object_agg(l.name, l.output)::jsonb, '{}') into output
    from workflow_engine.last_logs(run_output.run_id) l;
  end if;
end;
$$;

comment on function workflow_engine.run_output(uuid) is
  'The outputs of a run''s completed last actions as {name: output}; an error where they are too large together.';

-- Why a run failed or was stopped, as a sentence.
create or replace function workflow_engine.explain_end(run public.workflow_run)
returns text
language sql
stable
set search_path = ''
as $$
  select format('Run %s of workflow "%s" %s%s', (explain_end.run).id,
    coalesce((select w.name from public.workflow w where w.id = (explain_end.run).workflow_id), 'deleted'),
    case (explain_end.run).status when 'failed' then 'failed' else 'was stopped' end,
    (
      select format(': action "%s": %s', coalesce(a.name, l.workflow_action_id::text), l.error)
      from public.workflow_action_logs l
      left join workflow_engine.action_version a
        on a.workflow_id = l.workflow_id and a.version = l.workflow_version
        and a.workflow_action_id = l.workflow_action_id
      where l.run_id = (explain_end.run).id and l.item_index is null and l.status = 'failed'
      order by l.completed_at, l.id
      limit 1
    ));
$$;

comment on function workflow_engine.explain_end(public.workflow_run) is
  'Why a run did not complete, as a sentence.';

-- The answer that a child's end is to the action that waits for it.
create or replace function workflow_engine.child_answer(run public.workflow_run)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_output record;
  v_error text;
begin
  select * into v_output from workflow_engine.run_output((child_answer.run).id);
  v_error := case
    when (child_answer.run).status <> 'completed' and (child_answer.run).on_failure = 'fail' then workflow_engine.explain_end(child_answer.run)
    else v_output.error
  end;
  return jsonb_build_object('id', (child_answer.run).parent_action_log_id, 'attempt', (child_answer.run).parent_attempt)
    || case
      when v_error is not null then jsonb_build_object('status', 'failed', 'final', true, 'error', v_error)
      else jsonb_build_object('status', 'completed', 'output', jsonb_build_object(
        'run_id', (child_answer.run).id, 'status', (child_answer.run).status, 'output', v_output.output
      ))
    end;
end;
$$;

comment on function workflow_engine.child_answer(public.workflow_run) is
  'The result of the action log that waits for a child''s end.';

-- Tells parents that their children have ended; where there is no parent any more, nobody. In a transaction of
-- its own, never in the one that ended the child: that one has locked the child's run, and a parent's stop locks
-- from the parent down. Waits for nobody. The order of the first look makes a plan that was made while the table
-- was empty use the index.
create or replace function workflow_engine.answer_parents(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_children uuid[];
begin
  if (select true from public.workflow_run r where r.owes_answer and r.completed_at is not null order by r.id limit 1) is null then
    return;
  end if;
  select array_agg(c.id) into v_children
  from (
    select r.id
    from public.workflow_run r
    join public.workflow_action_logs l on l.id = r.parent_action_log_id
    cross join lateral (
      select workflow_engine.lock_owners(r.parent_run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where r.owes_answer and r.completed_at is not null and r.ended_in <> pg_current_xact_id() and o.are_free
    order by r.id
    limit 100
    for update of l, r skip locked
  ) c;
  if v_children is not null then
    perform workflow_engine.write_results((
      select to_jsonb(array_agg(workflow_engine.child_answer(r)))
      from public.workflow_run r
      where r.id = any (v_children)
    ), answer_parents.at_time, '{waiting}');
    update public.workflow_run r set owes_answer = false where r.id = any (v_children);
  end if;
  update public.workflow_run r
  set owes_answer = false
  where r.id in (
    select o.id
    from public.workflow_run o
    where o.owes_answer and o.completed_at is not null
      and not exists (select from public.workflow_action_logs l where l.id = o.parent_action_log_id)
    order by o.id
    limit 100
    for update skip locked
  );
end;
$$;

comment on function workflow_engine.answer_parents(timestamptz) is
  'Tells the actions that wait for a child what it came to.';


-- 50_completion/stop_unneeded_children.sql

-- Has the children stopped that these action logs, which were stopped, have started and waited for.
create or replace function workflow_engine.drop_children(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into workflow_engine.unneeded_child (run_id)
  select r.id
  from public.workflow_action_logs l
  join public.workflow_run r on r.parent_run_id = l.run_id and r.parent_action_log_id = l.id
  where l.id = any (drop_children.log_ids) and l.status = 'stopped' and r.completed_at is null
  order by r.id
  on conflict do nothing;
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.drop_children(uuid[]) is
  'Has the children of stopped action logs stopped by the next claim.';

-- Stops children that nobody needs, unless somebody holds any of them; says whether it did. What it waits for it
-- gives back soon, because a report that claims holds runs already.
create or replace function workflow_engine.stop_unneeded_runs(run_ids uuid[])
returns boolean
language plpgsql
set search_path = ''
set lock_timeout = '100ms'
as $$
begin
  if not workflow_engine.lock_all_items(workflow_engine.with_descendants(stop_unneeded_runs.run_ids), null) then
    raise exception using errcode = 'object_in_use', message = 'An action of the runs is being reported';
  end if;
  perform workflow_engine.stop_and_record(stop_unneeded_runs.run_ids, 'The action that started it was stopped', null);
  return true;
exception
  when object_in_use or lock_not_available then
    return false;
end;
$$;

comment on function workflow_engine.stop_unneeded_runs(uuid[]) is
  'Stops children and what they have started, unless somebody holds any of that; says whether it did.';

-- Stops the children that nobody needs any more: all together, or, where somebody holds one of them, each by itself,
-- for half a second. What could not be stopped is tried again a second later.
create or replace function workflow_engine.stop_unneeded_children()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '500 ms';
  v_children uuid[] := array(
    select c.run_id
    from workflow_engine.unneeded_child c
    where c.stop_at <= clock_timestamp() and c.marked_by <> pg_current_xact_id()
    order by c.run_id
    limit 500
    for update skip locked
  );
  v_child uuid;
  v_done uuid[] := array[]::uuid[];
begin
  if v_children = '{}' then
    return;
  end if;
  if workflow_engine.stop_unneeded_runs(v_children) then
    v_done := v_children;
  else
    foreach v_child in array v_children loop
      exit when clock_timestamp() >= v_until;
      if workflow_engine.stop_unneeded_runs(array[v_child]) then
        v_done := v_done || v_child;
      end if;
    end loop;
  end if;
  delete from workflow_engine.unneeded_child c where c.run_id = any (v_done);
  update workflow_engine.unneeded_child c
  set stop_at = clock_timestamp() + interval '1 second'
  where c.run_id = any (v_children);
end;
$$;

comment on function workflow_engine.stop_unneeded_children() is
  'Stops the children whose parents have stopped the actions that waited for them.';


-- 50_completion/settle_overdue.sql

-- When the oldest event occurred that nobody has looked at yet: until that has been done it is too soon to say
-- that none came by a later time. Infinity when there is none.
create or replace function workflow_engine.oldest_unseen()
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(least(
    (select e.occurred_at from workflow_engine.awaited_event e where e.is_new order by e.event_id limit 1),
    (select e.occurred_at from public.workflow_event e where e.expanded_at is null order by e.id limit 1)
  ), 'infinity');
end;
$$;

comment on function workflow_engine.oldest_unseen() is
  'When the oldest event occurred that has not been matched or compared with those that wait; infinity when there is none.';

-- Of overdue approvals, lets expire what can be decided no longer, and has what is to be reminded of claimed once
-- more; the handler sees which reminder it is. What is neither yet goes on waiting until it is.
create or replace function workflow_engine.remind_approvers(log_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_approval a
  set status = 'expired', remind_at = null
  where a.action_log_id = any (remind_approvers.log_ids)
    and a.status = 'pending' and a.expires_at <= remind_approvers.at_time;
  with reminded as (
    update public.workflow_approval a
    set reminders = a.reminders + 1,
      remind_at = workflow_engine.next_reminder(a.reminders + 1, a.remind_after, remind_approvers.at_time)
    where a.action_log_id = any (remind_approvers.log_ids)
      and a.status = 'pending' and a.remind_at <= remind_approvers.at_time
    returning a.action_log_id, a.reminders
  )
  update public.workflow_action_logs l
  set status = 'not_started', execute_at = remind_approvers.at_time,
    meta = l.meta || jsonb_build_object('reminder', r.reminders)
  from reminded r
  where l.id = r.action_log_id;
  update public.workflow_action_logs l
  set execute_at = least(a.expires_at, a.remind_at)
  from public.workflow_approval a
  where l.id = any (remind_approvers.log_ids) and l.status = 'waiting'
    and a.action_log_id = l.id and a.status = 'pending';
end;
$$;

comment on function workflow_engine.remind_approvers(uuid[], timestamptz) is
  'Sends overdue approvals back to be reminded of, or lets them expire.';

-- What a timeout is to the action that waited: the end of a sleep, an outcome, or a failure.
create or replace function workflow_engine.timeout_answer(log public.workflow_action_logs)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('id', (timeout_answer.log).id, 'attempt', (timeout_answer.log).attempt)
    || case (timeout_answer.log).waits_for
      when 'sleep' then jsonb '{"status": "completed"}'
      when 'event' then jsonb '{"status": "completed", "output": {"timed_out": true, "event": null}}'
      when 'approval' then
        jsonb '{"status": "completed", "output": {"decision": "expired", "decided_by": null, "comment": null, "decided_at": null}}'
      else jsonb '{"status": "failed", "final": true, "error": "No answer came before the timeout"}'
    end;
$$;

comment on function workflow_engine.timeout_answer(public.workflow_action_logs) is
  'The result of an action log whose wait is over.';

-- Ends the waits of these action logs that are over by then. The caller holds them and their runs.
create or replace function workflow_engine.end_waits(log_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_answers jsonb;
begin
  perform workflow_engine.remind_approvers(end_waits.log_ids, end_waits.at_time);
  select to_jsonb(array_agg(workflow_engine.timeout_answer(l))) into v_answers
  from public.workflow_action_logs l
  where l.id = any (end_waits.log_ids) and l.status = 'waiting' and l.execute_at <= end_waits.at_time;
  if v_answers is not null then
    perform workflow_engine.write_results(v_answers, end_waits.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.end_waits(uuid[], timestamptz) is
  'Ends the waits of overdue action logs, or sends what is to be reminded of back to be claimed.';

-- Ends the waits that are over, but those whose log or run somebody holds.
create or replace function workflow_engine.settle_overdue(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_oldest_unseen timestamptz := workflow_engine.oldest_unseen();
  v_overdue uuid[];
begin
  select array_agg(o.id) into v_overdue
  from (
    select l.id
    from public.workflow_action_logs l
    cross join lateral (
      select workflow_engine.lock_owners(l.run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where l.status = 'waiting' and l.execute_at <= settle_overdue.at_time
      and o.are_free
      and (l.waits_for <> 'event' or (
        l.execute_at < v_oldest_unseen
        and not exists (select from workflow_engine.event_wait w where w.action_log_id = l.id and w.is_new)
      ))
    order by l.execute_at
    limit 1000
    for update of l skip locked
  ) o;
  if v_overdue is not null then
    perform workflow_engine.end_waits(v_overdue, settle_overdue.at_time);
  end if;
end;
$$;

comment on function workflow_engine.settle_overdue(timestamptz) is
  'Ends the waits that are over: sleeps, timeouts, expiries; sends reminders.';

-- Lets approvals expire whose reminder nobody has sent in time: no worker runs, it is paused, or the last try of
-- it failed. Not those whose log or run somebody holds. Among the overdue ones are those that only wait; of these
-- settle_overdue() has taken the first.
create or replace function workflow_engine.expire_unreminded(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_expired uuid[] := array(
    select l.id
    from (
      select p.action_log_id
      from public.workflow_approval p
      where p.status = 'pending' and p.expires_at <= expire_unreminded.at_time
      order by p.expires_at
      limit 2000
    ) a
    cross join lateral (
      select l.id, l.run_id, l.workflow_action_id, l.item_index
      from public.workflow_action_logs l
      where l.id = a.action_log_id and l.status = 'not_started'
      for update skip locked
    ) l
    cross join lateral (
      select workflow_engine.lock_owners(l.run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where o.are_free
  );
begin
  if v_expired <> '{}' then
    update public.workflow_action_logs l
    set status = 'waiting', is_held = false, execute_at = expire_unreminded.at_time
    where l.id = any (v_expired);
    perform workflow_engine.end_waits(v_expired, expire_unreminded.at_time);
  end if;
end;
$$;

comment on function workflow_engine.expire_unreminded(timestamptz) is
  'Lets approvals expire that wait for a reminder to be sent.';

-- Whether a waiting action may be able to go on. The orders make a plan that was made while the tables were
-- empty look at their indexes, and still do so when they have grown.
create or replace function workflow_engine.has_answers(at_time timestamptz, with_own boolean)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(
    (
      select true
      from workflow_engine.awaited_event e
      where e.is_new and (has_answers.with_own or e.marked_by is distinct from pg_current_xact_id_if_assigned())
      order by e.event_id
      limit 1
    ),
    (
      select true
      from workflow_engine.event_wait w
      where w.is_new and (has_answers.with_own or w.marked_by is distinct from pg_current_xact_id_if_assigned())
      order by w.action_log_id
      limit 1
    ),
    (
      select true
      from public.workflow_run r
      where r.owes_answer and r.completed_at is not null
        and r.ended_in is distinct from pg_current_xact_id_if_assigned()
      order by r.id
      limit 1
    ),
    (
      select true
      from workflow_engine.unneeded_child c
      where c.stop_at <= clock_timestamp() and c.marked_by is distinct from pg_current_xact_id_if_assigned()
      order by c.run_id
      limit 1
    ),
    (
      select true
      from public.workflow_action_logs l
      where l.status = 'waiting' and l.execute_at <= has_answers.at_time
      order by l.execute_at
      limit 1
    ),
    (
      select true
      from (
        select a.action_log_id
        from public.workflow_approval a
        where a.status = 'pending' and a.expires_at <= has_answers.at_time
        order by a.expires_at
        limit 2000
      ) a
      cross join lateral (
        select from public.workflow_action_logs l where l.id = a.action_log_id and l.status = 'not_started' limit 1
      ) l
      limit 1
    ),
    false
  );
end;
$$;

comment on function workflow_engine.has_answers(timestamptz, boolean) is
  'Whether an event, a child''s end or the time may let a waiting action go on, or a child is to be stopped; what this transaction itself made new counts only with_own.';

-- Everything that may let a waiting action go on, events before timeouts. An error of one step keeps nothing
-- else: neither the other steps nor the claim.
create or replace function workflow_engine.settle_waits(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if workflow_engine.has_answers(settle_waits.at_time, true) then
    perform workflow_engine.run_step('match_events($1)', settle_waits.at_time);
    perform workflow_engine.run_step('answer_parents($1)', settle_waits.at_time);
    perform workflow_engine.run_step('settle_overdue($1)', settle_waits.at_time);
    perform workflow_engine.run_step('expire_unreminded($1)', settle_waits.at_time);
    perform workflow_engine.run_step('stop_unneeded_children()', settle_waits.at_time);
  end if;
end;
$$;

comment on function workflow_engine.settle_waits(timestamptz) is
  'Answers what waits: by events, by the ends of children, by time; stops children that nobody waits for any more.';

-- Nobody waits for the event of these any more.
create or replace function workflow_engine.forget_event_waits(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  delete from workflow_engine.event_wait w
  where w.action_log_id = any (forget_event_waits.log_ids) and w.event_id is null;
end;
$$;

comment on function workflow_engine.forget_event_waits(uuid[]) is
  'Forgets the events that action logs no longer wait for.';

-- Nobody waits for the event of these any more, and nobody need decide for them.
create or replace function workflow_engine.forget_waits(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  perform workflow_engine.forget_event_waits(forget_waits.log_ids);
  update public.workflow_approval a
  set status = 'stopped', remind_at = null
  where a.action_log_id = any (forget_waits.log_ids) and a.status = 'pending';
end;
$$;

comment on function workflow_engine.forget_waits(uuid[]) is
  'Forgets the events and decisions that ended action logs were waiting for.';

-- After waiting actions ended some other way: forgets what they waited for; what was stopped needs its children no
-- more.
create or replace function workflow_engine.drop_waits(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.forget_waits(drop_waits.log_ids);
  perform workflow_engine.drop_children(drop_waits.log_ids);
end;
$$;

comment on function workflow_engine.drop_waits(uuid[]) is
  'Forgets what ended action logs were waiting for.';


-- 60_control/signal.sql

create or replace function workflow_engine.refuse_unknown_run(run_id uuid)
returns void
language sql
set search_path = ''
as $$
  select workflow_engine.raise_error(
    'PT404', 'run.unknown', format('There is no run %s', coalesce(refuse_unknown_run.run_id::text, 'null')),
    'Look at public.workflow_run for those there are.'
  );
$$;

comment on function workflow_engine.refuse_unknown_run(uuid) is 'Raises PT404 for a run.';

-- The run of that id. Whoever may call what calls this may reach every run, in a function of theirs, too, that
-- signed-in users call.
create or replace function workflow_engine.get_run(run_id uuid)
returns public.workflow_run
language plpgsql
stable
set search_path = ''
as $$
declare
  v_run public.workflow_run;
begin
  select * into v_run from public.workflow_run r where r.id = get_run.run_id;
  if not found then
    perform workflow_engine.refuse_unknown_run(get_run.run_id);
  end if;
  return v_run;
end;
$$;

comment on function workflow_engine.get_run(uuid) is 'A run by its id; raises PT404 for an unknown one.';

-- Refuses what a run in this status cannot take.
create or replace function workflow_engine.refuse_run(verb text, run public.workflow_run, hint text)
returns void
language sql
set search_path = ''
as $$
  select workflow_engine.raise_error(
    'PT409', 'run.wrong_status',
    format('Cannot %s run %s: it is %s', refuse_run.verb, (refuse_run.run).id, (refuse_run.run).status),
    refuse_run.hint
  );
$$;

comment on function workflow_engine.refuse_run(text, public.workflow_run, text) is
  'Raises PT409 that names a run''s status.';

-- Sends an event to one run: it answers the run's action that waits for an event of this name, now or
-- later, and starts no workflow. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_signal(run_id uuid, name text, payload jsonb default '{}', actor text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run public.workflow_run := workflow_engine.get_run(workflow_signal.run_id);
  v_event public.workflow_event;
begin
  perform workflow_engine.check_event('send signal', workflow_signal.name, workflow_signal.payload);
  if v_run.completed_at is not null then
    perform workflow_engine.refuse_run('signal', v_run, 'Only a run that has not ended can take a signal.');
  end if;
  insert into public.workflow_event (
    organization_id, name, payload, source, related_table, related_table_pkey, run_id, expanded_at
  )
  values (
    v_run.organization_id, workflow_signal.name, workflow_signal.payload, 'signal',
    v_run.related_table, v_run.related_table_pkey, v_run.id, workflow_engine.clock()
  )
  returning * into v_event;
  insert into workflow_engine.awaited_event (event_id, organization_id, name, payload, run_id, occurred_at)
  values (v_event.id, v_event.organization_id, v_event.name, v_event.payload, v_event.run_id, v_event.occurred_at);
  insert into public.workflow_history (organization_id, workflow_id, run_id, kind, actor, detail)
  values (v_run.organization_id, v_run.workflow_id, v_run.id, 'signaled',
    workflow_engine.named_actor(workflow_signal.actor),
    jsonb_build_object('event_id', v_event.id, 'name', v_event.name));
  perform workflow_engine.request_wake();
  return jsonb_build_object('event_id', v_event.id);
end;
$$;

comment on function public.workflow_signal(uuid, text, jsonb, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Sends an event to one run, for its wait_for_event of that name; returns {"event_id"}. Raises PT404 for an unknown run, PT409 for one that has ended, PT422 for a payload that is no object.';


-- 60_control/answer.sql

-- The action log of that id, locked; raises PT404 when there is none.
create or replace function workflow_engine.lock_log(action_id uuid)
returns public.workflow_action_logs
language plpgsql
set search_path = ''
as $$
declare
  v_log public.workflow_action_logs;
begin
  select * into v_log from public.workflow_action_logs l where l.id = lock_log.action_id for update;
  if not found then
    perform workflow_engine.raise_error(
      'PT404', 'action_log.unknown', format('There is no action log %s', coalesce(lock_log.action_id::text, 'null')),
      'Look at public.workflow_action_logs for those there are.'
    );
  end if;
  return v_log;
end;
$$;

comment on function workflow_engine.lock_log(uuid) is 'Locks an action log by its id; raises PT404 for an unknown one.';

-- Whether a JSON value is a number, and one that fits into eight bytes.
create or replace function workflow_engine.is_double(value jsonb)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  return is_double.value::double precision is not null;
exception
  when data_exception then
    return false;
end;
$$;

comment on function workflow_engine.is_double(jsonb) is 'Whether a JSON value is a number that a double precision can be.';

-- An answer as a result of that attempt; raises PT422 for what is none.
create or replace function workflow_engine.read_answer(action_id uuid, attempt integer, result jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  if jsonb_typeof(read_answer.result) is distinct from 'object'
    or (read_answer.result ->> 'status' in ('completed', 'failed', 'retry')) is not true
    or (read_answer.result ? 'retry_after_ms' and not workflow_engine.is_double(read_answer.result -> 'retry_after_ms'))
  then
    perform workflow_engine.raise_error(
      'PT422', 'answer.invalid', 'Cannot take the answer: its status is not completed, failed or retry, or its retry_after_ms no number',
      'An answer is {"status": "completed", "output"}, {"status": "failed", "error"} or {"status": "retry", "error", "retry_after_ms"}.'
    );
  end if;
  return jsonb_strip_nulls(jsonb_build_object('error', read_answer.result ->> 'error', 'retry_after_ms', read_answer.result -> 'retry_after_ms'))
    || jsonb_build_object('id', read_answer.action_id, 'attempt', read_answer.attempt)
    || case read_answer.result ->> 'status'
      when 'retry' then jsonb '{"status": "failed"}'
      when 'failed' then jsonb '{"status": "failed", "final": true}'
      else jsonb '{"status": "completed"}'
    end
    || case when read_answer.result ? 'output' then jsonb_build_object('output', read_answer.result -> 'output') else '{}' end;
end;
$$;

comment on function workflow_engine.read_answer(uuid, integer, jsonb) is
  'An answer from outside as a result of an attempt; raises PT422 for what is none.';

-- Why an action log takes no answer to a callback, or null: it does not wait for one, or no longer. One that is at
-- work may be about to wait for it, but not one that only waits for something else, or whose question is open.
create or replace function workflow_engine.find_answer_fault(log public.workflow_action_logs)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_action workflow_engine.action_version := (
    select a from workflow_engine.action_version a
    where a.workflow_id = (find_answer_fault.log).workflow_id and a.version = (find_answer_fault.log).workflow_version
      and a.workflow_action_id = (find_answer_fault.log).workflow_action_id
  );
begin
  return case (find_answer_fault.log).status
    when 'waiting' then case
      when (find_answer_fault.log).waits_for <> 'callback' then 'it is waiting for ' || (find_answer_fault.log).waits_for
      when (find_answer_fault.log).execute_at <= workflow_engine.clock() then 'its timeout has passed'
    end
    when 'processing' then case
      when v_action.action_type <> 'http_request' and v_action.template ->> 'target_endpoint' is null
        and exists (select from workflow_engine.wait_fields(v_action.action_type))
        or workflow_engine.ask_again_at((find_answer_fault.log).id, workflow_engine.clock()) is not null
        then 'it will wait for no callback'
    end
    else 'it is ' || (find_answer_fault.log).status
  end;
end;
$$;

comment on function workflow_engine.find_answer_fault(public.workflow_action_logs) is
  'Why an action log takes no answer to a callback, or null.';

-- The answer of whoever an action was handed on to. It counts once, for the attempt that it quotes, even
-- when it comes before that attempt has reported that it waits. Security definer because the Data API's
-- roles may not reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_answer(action_id uuid, attempt integer, result jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_result jsonb := workflow_engine.read_answer(workflow_answer.action_id, workflow_answer.attempt, workflow_answer.result);
  v_log public.workflow_action_logs := workflow_engine.lock_log(workflow_answer.action_id);
  v_fault text := workflow_engine.find_answer_fault(v_log);
begin
  if v_log.attempt is distinct from workflow_answer.attempt then
    perform workflow_engine.raise_error(
      'PT409', 'answer.stale',
      format('Cannot answer attempt %s of action log %s: its attempt is %s', workflow_answer.attempt, v_log.id, v_log.attempt),
      'Another attempt has begun; only its answer counts.'
    );
  elsif v_fault is not null then
    perform workflow_engine.raise_error(
      'PT409', 'answer.not_awaited',
      format('Cannot answer action log %s: %s', v_log.id, v_fault),
      'The first answer counts, until the timeout.'
    );
  end if;
  perform workflow_engine.write_results(jsonb_build_array(v_result), workflow_engine.clock(), '{processing,waiting}');
  perform workflow_engine.request_wake();
  return (select jsonb_build_object('status', l.status) from public.workflow_action_logs l where l.id = v_log.id);
end;
$$;

comment on function public.workflow_answer(uuid, integer, jsonb) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Answers an attempt that waits for a callback with {"status": completed | failed | retry, "output" | "error", "retry_after_ms"}; returns {"status"} of its action log. Raises PT404 for an unknown action log, PT409 for an attempt that is not current or waits no more, PT422 for an answer that cannot be read.';


-- 60_control/approval.sql

-- Answers the action that asks, also while a reminder is under way, or before the tick has sent back what an
-- application wrote a failure of: its question is open until it has failed for good.
create or replace function workflow_engine.answer_approval(approval_id uuid, at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_answers jsonb := (
    select to_jsonb(array_agg(jsonb_build_object(
      'id', l.id, 'attempt', l.attempt, 'status', 'completed',
      'output', jsonb_build_object(
        'decision', a.status, 'decided_by', a.decided_by, 'comment', a.comment, 'decided_at', a.decided_at
      )
    )))
    from public.workflow_approval a
    join public.workflow_action_logs l on l.id = a.action_log_id
    where a.id = answer_approval.approval_id
  );
begin
  update public.workflow_action_logs l
  set status = 'not_started', completed_at = null
  where l.id = (v_answers #>> '{0,id}')::uuid and l.status = 'failed';
  update public.workflow_action_logs l
  set status = 'waiting', is_held = false
  where l.id = (v_answers #>> '{0,id}')::uuid and l.status = 'not_started';
  perform workflow_engine.write_results(v_answers, answer_approval.at_time, '{processing,waiting}');
end;
$$;

comment on function workflow_engine.answer_approval(uuid, timestamptz) is
  'Answers the action of a decided approval.';

-- The approval of that id, locked after its action log; raises PT404 when there is none.
create or replace function workflow_engine.lock_approval(approval_id uuid)
returns public.workflow_approval
language plpgsql
set search_path = ''
as $$
declare
  v_approval public.workflow_approval;
begin
  perform from public.workflow_action_logs l
  where l.id = (select a.action_log_id from public.workflow_approval a where a.id = lock_approval.approval_id)
  for update;
  select * into v_approval from public.workflow_approval a where a.id = lock_approval.approval_id for update;
  if not found then
    perform workflow_engine.raise_error(
      'PT404', 'approval.unknown', format('There is no approval %s', coalesce(lock_approval.approval_id::text, 'null')),
      'Look at public.workflow_approval for those there are.'
    );
  end if;
  return v_approval;
end;
$$;

comment on function workflow_engine.lock_approval(uuid) is
  'Locks an approval and its action log; raises PT404 for an unknown one.';

-- Decides a pending approval, once.
create or replace function workflow_engine.decide(approval_id uuid, decision text, comment text, decided_by text)
returns public.workflow_approval
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_approval public.workflow_approval := workflow_engine.lock_approval(decide.approval_id);
begin
  if length(decide.comment) > 2000 then
    perform workflow_engine.raise_error(
      'PT422', 'approval.comment_too_long', format('Cannot decide approval %s: the comment has more than 2,000 characters', v_approval.id),
      'Write less, or put a link.'
    );
  end if;
  if v_approval.status <> 'pending' or v_approval.expires_at <= v_now then
    perform workflow_engine.raise_error(
      'PT409', 'approval.decided',
      format('Cannot decide approval %s: it is %s', v_approval.id, case
        when v_approval.status = 'pending' then 'expired'
        else v_approval.status || coalesce(' by ' || v_approval.decided_by, '')
      end),
      'The first decision counts.'
    );
  end if;
  update public.workflow_approval a
  set status = decide.decision, decided_at = v_now, decided_by = decide.decided_by, comment = decide.comment, remind_at = null
  where a.id = v_approval.id
  returning * into v_approval;
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, recorded_at, actor, reason, detail
  )
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), l.item_index, decide.decision,
    l.attempt, v_now, decide.decided_by, decide.comment, jsonb_build_object('approval_id', v_approval.id)
  from public.workflow_action_logs l
  where l.id = v_approval.action_log_id;
  perform workflow_engine.answer_approval(v_approval.id, v_now);
  perform workflow_engine.request_wake();
  return v_approval;
end;
$$;

comment on function workflow_engine.decide(uuid, text, text, text) is
  'Decides a pending approval; raises PT404 for an unknown one, PT409 for one that is decided or expired.';

-- The roles that the caller's token gives: the claim user_role, or app_metadata, which users cannot write.
create or replace function workflow_engine.caller_roles()
returns text[]
language sql
stable
set search_path = ''
as $$
  select array_remove(array_agg(r.role), null)
  from (
    select auth.jwt() ->> 'user_role' as role
    union all
    select auth.jwt() -> 'app_metadata' ->> 'role'
    union all
    select jsonb_array_elements_text(
      case jsonb_typeof(auth.jwt() -> 'app_metadata' -> 'roles') when 'array' then auth.jwt() -> 'app_metadata' -> 'roles' else '[]' end
    )
  ) r;
$$;

comment on function workflow_engine.caller_roles() is
  'The roles in the caller''s token: user_role, app_metadata.role and app_metadata.roles.';

-- Whether the caller acts for the platform: has the rights of service_role, by the role it has become or, where
-- it has become none, by the one it signed in with. Everybody else is a member of the organization that the token
-- names, or of none.
create or replace function workflow_engine.is_trusted()
returns boolean
language sql
stable
return pg_catalog.pg_has_role(
  coalesce(nullif(current_setting('role'), 'none'), session_user::text)::name, 'service_role', 'usage'
);

comment on function workflow_engine.is_trusted() is
  'Whether the caller acts for the platform, as service_role does.';

-- Whether this belongs to another organization than the caller.
create or replace function workflow_engine.is_foreign(organization_id text)
returns boolean
language sql
stable
return not workflow_engine.is_trusted() and (auth.jwt() ->> 'organization_id' = organization_id) is not true;

comment on function workflow_engine.is_foreign(text) is
  'Whether something belongs to another organization than the caller.';

-- Decides on behalf of the caller: a member of the organization who has the role, or service_role.
create or replace function workflow_engine.decide_as_caller(approval_id uuid, decision text, comment text, actor text)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_approval public.workflow_approval;
  v_is_user boolean := not workflow_engine.is_trusted();
begin
  select * into v_approval from public.workflow_approval a where a.id = decide_as_caller.approval_id;
  if workflow_engine.is_foreign(v_approval.organization_id) then
    perform workflow_engine.raise_error(
      'PT404', 'approval.unknown', format('There is no approval %s', coalesce(decide_as_caller.approval_id::text, 'null')),
      'Sign in as a member of its organization.'
    );
  end if;
  if v_is_user and v_approval.role is not null and v_approval.role <> all (workflow_engine.caller_roles()) then
    perform workflow_engine.raise_error(
      'PT403', 'approval.role_missing',
      format('Cannot decide approval %s: that takes the role "%s"', v_approval.id, v_approval.role),
      'Sign in as somebody who has the role: in the claim user_role or in app_metadata.'
    );
  end if;
  return to_jsonb(workflow_engine.decide(
    decide_as_caller.approval_id, decide_as_caller.decision, decide_as_caller.comment,
    workflow_engine.named_actor(case when not v_is_user then decide_as_caller.actor end)
  ));
end;
$$;

comment on function workflow_engine.decide_as_caller(uuid, text, text, text) is
  'Decides an approval as the caller; raises PT403 without the role.';

-- Says yes. Security definer because neither members nor service_role may write approvals.
create or replace function public.workflow_approve(approval_id uuid, comment text default null, actor text default null)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select workflow_engine.decide_as_caller(workflow_approve.approval_id, 'approved', workflow_approve.comment, workflow_approve.actor);
$$;

comment on function public.workflow_approve(uuid, text, text) is
  'Security definer because neither members nor service_role may write approvals. Approves a pending approval; returns it. Raises PT404 for an unknown one, PT403 without the role, PT409 for one that is decided or expired.';

-- Says no. Security definer because neither members nor service_role may write approvals.
create or replace function public.workflow_reject(approval_id uuid, comment text default null, actor text default null)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select workflow_engine.decide_as_caller(workflow_reject.approval_id, 'rejected', workflow_reject.comment, workflow_reject.actor);
$$;

comment on function public.workflow_reject(uuid, text, text) is
  'Security definer because neither members nor service_role may write approvals. Rejects a pending approval; returns it. Raises PT404 for an unknown one, PT403 without the role, PT409 for one that is decided or expired.';

-- What whoever holds a link sees of an approval, also when its workflow has been deleted since.
create or replace function workflow_engine.show_approval(token text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', a.id, 'workflow', coalesce(w.name, 'a workflow that was deleted'), 'message', a.message, 'details', a.details, 'role', a.role, 'recipient', t.recipient,
    'status', case when a.status = 'pending' and a.expires_at <= workflow_engine.clock() then 'expired' else a.status end,
    'expires_at', a.expires_at, 'decided_by', a.decided_by, 'decided_at', a.decided_at, 'comment', a.comment
  )
  from workflow_engine.approval_token t
  join public.workflow_approval a on a.id = t.approval_id
  join public.workflow_run r on r.id = a.run_id
  left join public.workflow w on w.id = r.workflow_id
  where t.hash = sha256(convert_to(show_approval.token, 'UTF8'));
$$;

comment on function workflow_engine.show_approval(text) is
  'The approval that a link opens; null for an unknown token.';

-- What a link is about. Security definer because the Data API's roles may not reach workflow_engine; only
-- service_role may execute it.
create or replace function public.workflow_read_approval(token text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_approval jsonb := workflow_engine.show_approval(workflow_read_approval.token);
begin
  if v_approval is null then
    perform workflow_engine.raise_error(
      'PT404', 'approval.unknown', 'There is no approval with this link', 'Open the link as it was sent.'
    );
  end if;
  return v_approval;
end;
$$;

comment on function public.workflow_read_approval(text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. The approval that a link opens: {"id", "workflow", "message", "details", "role", "recipient", "status", "expires_at", "decided_by", "decided_at", "comment"}. Raises PT404 for an unknown token.';

-- Decides by a link, in the name of whom it was sent to. Security definer because the Data API's roles may
-- not reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_decide(token text, decision text, comment text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_approval jsonb := public.workflow_read_approval(workflow_decide.token);
begin
  if (workflow_decide.decision in ('approved', 'rejected')) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'approval.decision_invalid',
      format('Cannot decide "%s"', workflow_decide.decision), 'A decision is approved or rejected.'
    );
  end if;
  perform workflow_engine.decide(
    (v_approval ->> 'id')::uuid, workflow_decide.decision, workflow_decide.comment, v_approval ->> 'recipient'
  );
  return workflow_engine.show_approval(workflow_decide.token);
end;
$$;

comment on function public.workflow_decide(text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Decides (approved or rejected) by the token of a link; returns the approval as workflow_read_approval() does. Raises PT404 for an unknown token, PT409 for an approval that is decided or expired, PT422 for another decision.';


-- 60_control/pause.sql

-- Whether a pause keeps this action log from being claimed.
create or replace function workflow_engine.is_paused(
  run_id uuid,
  workflow_id uuid,
  workflow_version integer,
  workflow_action_id uuid
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select from public.workflow_run r where r.id = is_paused.run_id and r.status = 'paused'
  ) or exists (
    select from workflow_engine.pause p
    where p.workflow_id = is_paused.workflow_id or p.action_type = (
      select a.action_type from workflow_engine.action_version a
      where a.workflow_id = is_paused.workflow_id and a.version = is_paused.workflow_version
        and a.workflow_action_id = is_paused.workflow_action_id
    )
  );
end;
$$;

comment on function workflow_engine.is_paused(uuid, uuid, integer, uuid) is
  'Whether the run, the workflow or the action type of an action log is paused.';

-- Some held action logs that no pause holds any more.
create or replace function workflow_engine.find_releasable(most integer)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return array(
    select l.id
    from public.workflow_action_logs l
    join public.workflow_run r on r.id = l.run_id
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where l.is_held and r.status <> 'paused'
      and not exists (
        select from workflow_engine.pause p where p.workflow_id = l.workflow_id or p.action_type = a.action_type
      )
    limit find_releasable.most
  );
end;
$$;

comment on function workflow_engine.find_releasable(integer) is
  'Held action logs that no pause holds any more, up to that many.';

-- Lets go of what no pause holds any more, in slices, for about two seconds, but of nothing that somebody else
-- holds just now.
create or replace function workflow_engine.release_held()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '2 seconds';
  v_logs uuid[];
begin
  loop
    select array_agg(h.id) into v_logs
    from (
      select l.id
      from public.workflow_action_logs l
      where l.id = any (workflow_engine.find_releasable(2000)) and l.is_held
      for update skip locked
    ) h;
    exit when v_logs is null;
    update public.workflow_action_logs l set is_held = false where l.id = any (v_logs);
    perform workflow_engine.request_wake();
    exit when clock_timestamp() >= v_until;
  end loop;
end;
$$;

comment on function workflow_engine.release_held() is
  'Lets go of the held action logs that no pause holds any more, for about two seconds.';

-- Lets go of what resumes have left, until there is nothing.
create or replace function workflow_engine.release_leftovers()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_requests uuid[] := array(select q.id from workflow_engine.release_request q);
begin
  if v_requests <> '{}' then
    perform workflow_engine.release_held();
    delete from workflow_engine.release_request q
    where q.id = any (v_requests) and workflow_engine.find_releasable(1) = '{}';
  end if;
end;
$$;

comment on function workflow_engine.release_leftovers() is
  'Lets go of the held action logs that resumes have left.';

-- The same for these runs, all at once.
create or replace function workflow_engine.release_runs(run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set is_held = false
  where l.run_id = any (release_runs.run_ids) and l.is_held
    and not workflow_engine.is_paused(l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id);
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.release_runs(uuid[]) is
  'Lets go of the held action logs of these runs that no pause holds any more.';

-- Pauses those of these runs that are running; returns them.
create or replace function workflow_engine.pause_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_paused uuid[];
begin
  perform from public.workflow_run r where r.id = any (pause_runs.run_ids) order by r.id for update;
  with paused as (
    update public.workflow_run r
    set status = 'paused'
    where r.id = any (pause_runs.run_ids) and r.status = 'running'
    returning r.id
  )
  select coalesce(array_agg(p.id), '{}') into v_paused from paused p;
  return v_paused;
end;
$$;

comment on function workflow_engine.pause_runs(uuid[]) is 'Pauses the running ones of these runs; returns them.';

-- Lets those of these runs that are paused go on; returns them.
create or replace function workflow_engine.resume_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_resumed uuid[];
begin
  perform from public.workflow_action_logs l
  where l.is_held and l.run_id = any (resume_runs.run_ids)
  order by l.id
  for update;
  perform from public.workflow_run r where r.id = any (resume_runs.run_ids) order by r.id for update;
  with resumed as (
    update public.workflow_run r
    set status = 'running'
    where r.id = any (resume_runs.run_ids) and r.status = 'paused'
    returning r.id
  )
  select coalesce(array_agg(p.id), '{}') into v_resumed from resumed p;
  perform workflow_engine.release_runs(v_resumed);
  perform workflow_engine.advance_runs(v_resumed);
  return v_resumed;
end;
$$;

comment on function workflow_engine.resume_runs(uuid[]) is 'Lets the paused ones of these runs go on; returns them.';

-- Pauses a workflow or an action type, or lets it go on; returns whether that changed anything.
create or replace function workflow_engine.set_pause(workflow_id uuid, action_type text, is_paused boolean)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_changed boolean;
begin
  if set_pause.is_paused then
    insert into workflow_engine.pause (workflow_id, action_type)
    values (set_pause.workflow_id, set_pause.action_type)
    on conflict do nothing;
    return found;
  end if;
  delete from workflow_engine.pause p
  where p.workflow_id is not distinct from set_pause.workflow_id
    and p.action_type is not distinct from set_pause.action_type;
  v_changed := found;
  perform workflow_engine.release_held();
  if workflow_engine.find_releasable(1) <> '{}' then
    insert into workflow_engine.release_request default values;
  end if;
  return v_changed;
end;
$$;

comment on function workflow_engine.set_pause(uuid, text, boolean) is
  'Pauses a workflow or an action type, or lets it go on; returns whether that changed anything.';


-- 60_control/stop.sql

-- These runs and all that they have started, whatever their status.
create or replace function workflow_engine.with_descendants(run_ids uuid[])
returns uuid[]
language sql
stable
set search_path = ''
as $$
  with recursive family (id) as (
    select unnest(with_descendants.run_ids)
    union
    select r.id
    from family f
    join public.workflow_run r on r.parent_run_id = f.id
  )
  select array(select f.id from family f order by f.id);
$$;

comment on function workflow_engine.with_descendants(uuid[]) is
  'These runs and their children, and those of their children.';

-- Whether an action log is unfinished and can be locked before its run: all but an action that a retry has decided
-- anew, which only whoever holds the run changes. No `set` clause, so that it is inlined.
create or replace function workflow_engine.is_stoppable(status text, final boolean, item_index integer, execute_at timestamptz)
returns boolean
language sql
immutable
return workflow_engine.is_unfinished(status, final) and (item_index is not null or not workflow_engine.awaits_turn(status, execute_at));

comment on function workflow_engine.is_stoppable(text, boolean, integer, timestamptz) is
  'Whether an action log is unfinished and is locked before its run.';

-- Locks the fan-outs of these runs, or of one action in them, and whatever is unfinished there, the logs of fan-outs
-- after their items, as a report does. Waits for nobody who has one of the items; says whether all could be locked.
create or replace function workflow_engine.lock_all_items(run_ids uuid[], workflow_action_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_locked uuid[];
begin
  perform from workflow_engine.fan_out f
  where f.run_id = any (lock_all_items.run_ids)
    and f.workflow_action_id = coalesce(lock_all_items.workflow_action_id, f.workflow_action_id)
  order by f.run_id, f.workflow_action_id
  for update;
  v_locked := array(
    select l.id
    from public.workflow_action_logs l
    where l.run_id = any (lock_all_items.run_ids)
      and l.workflow_action_id = coalesce(lock_all_items.workflow_action_id, l.workflow_action_id)
      and workflow_engine.is_stoppable(l.status, l.final, l.item_index, l.execute_at)
      and l.waits_for is distinct from 'items'
    for update skip locked
  );
  perform from public.workflow_action_logs l
  where l.run_id = any (lock_all_items.run_ids)
    and l.workflow_action_id = coalesce(lock_all_items.workflow_action_id, l.workflow_action_id)
    and workflow_engine.is_stoppable(l.status, l.final, l.item_index, l.execute_at)
    and l.waits_for = 'items'
  order by l.id
  for update;
  return not exists (
    select from public.workflow_action_logs l
    left join unnest(v_locked) k (id) on k.id = l.id
    where l.run_id = any (lock_all_items.run_ids)
      and l.workflow_action_id = coalesce(lock_all_items.workflow_action_id, l.workflow_action_id)
      and workflow_engine.is_stoppable(l.status, l.final, l.item_index, l.execute_at)
      and l.waits_for is distinct from 'items'
      and k.id is null
  );
end;
$$;

comment on function workflow_engine.lock_all_items(uuid[], uuid) is
  'Locks the fan-outs of runs and all that is unfinished there; says whether it could.';

-- Locks what is unfinished in these runs, or of one action in them, in the order of everybody: logs, the fan-outs of
-- which they are items, the items that await their turn. What was let run while this waited may be reported just now,
-- which takes the fan-out last: then all is given back, and it begins anew a moment later.
create or replace function workflow_engine.lock_unfinished(run_ids uuid[], workflow_action_id uuid default null)
returns void
language plpgsql
set search_path = ''
as $$
begin
  loop
    begin
      perform from public.workflow_action_logs l
      where l.run_id = any (lock_unfinished.run_ids)
        and l.workflow_action_id = coalesce(lock_unfinished.workflow_action_id, l.workflow_action_id)
        and workflow_engine.is_unfinished(l.status, l.final)
        and l.waits_for is distinct from 'items' and not workflow_engine.awaits_turn(l.status, l.execute_at)
      order by l.id
      for update;
      if workflow_engine.lock_all_items(lock_unfinished.run_ids, lock_unfinished.workflow_action_id) then
        return;
      end if;
      raise exception using errcode = 'object_in_use', message = 'An item is being reported';
    exception
      when object_in_use then
        perform pg_sleep(0.01);
    end;
  end loop;
end;
$$;

comment on function workflow_engine.lock_unfinished(uuid[], uuid) is
  'Locks the unfinished action logs of these runs.';

-- Stops what is unfinished in these runs. Locks logs, then runs, as everybody does; what a report inserts
-- meanwhile is there when the runs are locked. The time is that at which all are locked: nothing has ended later.
create or replace function workflow_engine.stop_together(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_stopped uuid[];
  v_owes_answer boolean;
begin
  perform workflow_engine.lock_unfinished(stop_together.run_ids);
  perform from public.workflow_run r where r.id = any (stop_together.run_ids) order by r.id for update;
  v_now := workflow_engine.clock();
  with stopped as (
    update public.workflow_run r
    set status = 'stopped', completed_at = greatest(v_now, r.created_at),
      ended_in = case when r.owes_answer then pg_current_xact_id() end
    where r.id = any (stop_together.run_ids) and r.status in ('running', 'paused')
    returning r.id, r.owes_answer
  )
  select coalesce(array_agg(s.id), '{}'), bool_or(s.owes_answer) into v_stopped, v_owes_answer from stopped s;
  update public.workflow_action_logs l
  set status = 'stopped', lease_expires_at = null, is_held = false, final = false,
    completed_at = greatest(v_now, l.started_at)
  where l.run_id = any (v_stopped) and workflow_engine.is_unfinished(l.status, l.final);
  if v_owes_answer then
    perform workflow_engine.request_wake();
  end if;
  return v_stopped;
end;
$$;

comment on function workflow_engine.stop_together(uuid[]) is
  'Stops the unfinished ones of these runs; returns them.';

-- Stops runs with their children, all locked together, and again whatever children were started meanwhile.
create or replace function workflow_engine.stop_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_stopped uuid[] := array[]::uuid[];
  v_done uuid[] := array[]::uuid[];
  v_family uuid[];
begin
  loop
    v_family := workflow_engine.with_descendants(stop_runs.run_ids);
    exit when cardinality(v_family) <= cardinality(v_done);
    v_stopped := v_stopped || workflow_engine.stop_together(v_family);
    v_done := v_family;
  end loop;
  return v_stopped;
end;
$$;

comment on function workflow_engine.stop_runs(uuid[]) is
  'Stops runs and their children; returns those that were unfinished.';

-- Stops the children that an action, or an item of it, has started and waits for, in the name of who stops it.
create or replace function workflow_engine.stop_children(log public.workflow_action_logs, reason text, actor text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.stop_and_record(array(
    select r.id
    from public.workflow_action_logs l
    join public.workflow_run r on r.parent_run_id = l.run_id and r.parent_action_log_id = l.id
    where l.run_id = (stop_children.log).run_id
      and l.workflow_action_id = (stop_children.log).workflow_action_id
      and (l.id = (stop_children.log).id or (stop_children.log).item_index is null)
      and workflow_engine.is_unfinished(l.status, l.final)
      and r.completed_at is null
  ), coalesce(stop_children.reason, 'The action that started it was stopped'), stop_children.actor);
end;
$$;

comment on function workflow_engine.stop_children(public.workflow_action_logs, text, text) is
  'Stops the children that an unfinished action and its items have started.';

-- Locks what a report that lets an action log run holds: the fan-out of an item that awaits its turn, the run of an
-- action that a retry has decided anew.
create or replace function workflow_engine.lock_awaited_turn(action_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from public.workflow_action_logs l
  join workflow_engine.fan_out f on f.run_id = l.run_id and f.workflow_action_id = l.workflow_action_id
  where l.id = lock_awaited_turn.action_id and l.item_index is not null and workflow_engine.awaits_turn(l.status, l.execute_at)
  for update of f;
  perform from public.workflow_action_logs l
  join public.workflow_run r on r.id = l.run_id
  where l.id = lock_awaited_turn.action_id and l.item_index is null and workflow_engine.awaits_turn(l.status, l.execute_at)
  for update of r;
end;
$$;

comment on function workflow_engine.lock_awaited_turn(uuid) is
  'Locks the fan-out or the run that gives an action log its turn.';

-- Stops one action of a run, which goes on as its graph says, and its children before it. Its items are locked
-- before it.
create or replace function workflow_engine.stop_action(action_id uuid, reason text, actor text)
returns public.workflow_action_logs
language plpgsql
set search_path = ''
as $$
declare
  v_log public.workflow_action_logs;
  v_now timestamptz;
begin
  perform workflow_engine.lock_unfinished(array[l.run_id], l.workflow_action_id)
  from public.workflow_action_logs l
  where l.id = stop_action.action_id and l.item_index is null;
  perform workflow_engine.lock_awaited_turn(stop_action.action_id);
  v_log := workflow_engine.lock_log(stop_action.action_id);
  if not workflow_engine.is_unfinished(v_log.status, v_log.final) then
    perform workflow_engine.raise_error(
      'PT409', 'action_log.wrong_status',
      format('Cannot stop action log %s: it is %s', v_log.id, v_log.status),
      'Only what has not ended can be stopped.'
    );
  end if;
  v_now := workflow_engine.clock();
  perform workflow_engine.stop_children(v_log, stop_action.reason, stop_action.actor);
  update public.workflow_action_logs l
  set status = 'stopped', lease_expires_at = null, is_held = false, final = false,
    completed_at = greatest(v_now, l.started_at)
  where l.id = v_log.id
  returning * into v_log;
  return v_log;
end;
$$;

comment on function workflow_engine.stop_action(uuid, text, text) is
  'Stops an action and what it has started; raises PT404 for an unknown one, PT409 for one that has ended.';


-- 60_control/retry.sql

-- The actions of ended runs that did not end well: failed for good without being tolerated, or stopped by a
-- person, with the time that one was planned for that had not begun. What only undoes another action is none of
-- them.
create or replace function workflow_engine.find_broken(run_ids uuid[])
returns table (id uuid, run_id uuid, planned_for timestamptz)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select l.id, l.run_id, case
      when l.attempt = 0 then case when isfinite(l.execute_at) then l.execute_at else workflow_engine.clock() + a.delay end
    end
    from public.workflow_action_logs l
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where l.run_id = any (find_broken.run_ids)
      and l.item_index is null
      and not a.is_compensation
      and workflow_engine.judge(l.status, true, l.reason, a.continue_on_failure) = 'broken';
end;
$$;

comment on function workflow_engine.find_broken(uuid[]) is
  'The actions of ended runs that a retry repeats.';

-- Sends action logs back to be claimed at these times, with all tries; one whose time is infinity awaits its turn.
create or replace function workflow_engine.reset_logs(log_ids uuid[], due_at timestamptz[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set status = 'not_started', execute_at = t.due_at, final = false, tries = 0, reason = null, completed_at = null,
    http_status = null, meta = l.meta - 'reminder'
  from unnest(reset_logs.log_ids, reset_logs.due_at) t (id, due_at)
  where l.id = t.id;
end;
$$;

comment on function workflow_engine.reset_logs(uuid[], timestamptz[]) is
  'Sends action logs back to be claimed at these times, with all tries.';

-- Has what follows these broken actions, near or far, and did not have a good end itself decided anew when they
-- have ended. A log of what had begun stays what it is: with the idempotency key of what was tried, the items that
-- completed, and the child.
create or replace function workflow_engine.unsettle_followers(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_followers uuid[] := array(
    with recursive follower (run_id, workflow_id, version, workflow_action_id, is_follower) as (
      select l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id, false
      from public.workflow_action_logs l
      where l.id = any (unsettle_followers.log_ids)
      union
      select f.run_id, f.workflow_id, f.version, a.workflow_action_id, true
      from follower f
      join workflow_engine.action_version a
        on a.workflow_id = f.workflow_id and a.version = f.version and f.workflow_action_id = any (a.depends_on)
    )
    select l.id
    from follower f
    join public.workflow_action_logs l
      on l.run_id = f.run_id and l.workflow_action_id = f.workflow_action_id and l.item_index is null
    where f.is_follower and (l.status in ('skipped', 'stopped') or l.id = any (unsettle_followers.log_ids))
  );
begin
  insert into public.workflow_history (organization_id, workflow_id, run_id, action_log_id, action, kind, recorded_at, reason)
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), 'action_skipped', l.completed_at, l.reason
  from public.workflow_action_logs l
  where l.id = any (v_followers) and l.status = 'skipped';
  delete from public.workflow_action_logs l
  where l.id = any (v_followers) and l.status = 'skipped' and l.attempt = 0;
  perform workflow_engine.reset_logs(v_followers, array_fill(timestamptz 'infinity', array[cardinality(v_followers)]));
end;
$$;

comment on function workflow_engine.unsettle_followers(uuid[]) is
  'Has what follows these broken actions and did not end well decided anew.';

-- Carries out what is decided of actions whose logs await their turn: they are repeated, or stopped where they do
-- not run this time. Returns when the first is due.
create or replace function workflow_engine.repeat_decided(decisions workflow_engine.decision[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_logs uuid[];
  v_due_at timestamptz[];
begin
  if not exists (select from unnest(repeat_decided.decisions) d where d.log_id is not null) then
    return null;
  end if;
  update public.workflow_action_logs l
  set status = 'stopped', reason = d.reason, completed_at = greatest(repeat_decided.at_time, l.started_at)
  from unnest(repeat_decided.decisions) d
  where l.id = d.log_id and d.reason <> 'start';
  select array_agg(l.id), array_agg(repeat_decided.at_time + a.delay) into v_logs, v_due_at
  from unnest(repeat_decided.decisions) d
  join public.workflow_action_logs l on l.id = d.log_id
  join workflow_engine.action_version a
    on a.workflow_id = l.workflow_id and a.version = l.workflow_version and a.workflow_action_id = l.workflow_action_id
  where d.reason = 'start';
  if v_logs is not null then
    perform workflow_engine.reset_logs(v_logs, v_due_at);
  end if;
  return (select min(t.due_at) from unnest(v_due_at) t (due_at));
end;
$$;

comment on function workflow_engine.repeat_decided(workflow_engine.decision[], timestamptz) is
  'Repeats or stops what is decided of actions whose logs await their turn; returns when the first is due.';

-- Ended runs that did not end well are running again. How they had ended is kept in the history, because they
-- themselves will say how they end at last. Not those that were undone, or whose workflow is gone. Returns them.
create or replace function workflow_engine.reopen_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[] := array(
    select r.id
    from public.workflow_run r
    join workflow_engine.workflow_version v on v.workflow_id = r.workflow_id and v.version = r.workflow_version
    where r.id = any (reopen_runs.run_ids) and r.status in ('failed', 'stopped') and not r.is_compensating
  );
begin
  insert into public.workflow_history (organization_id, workflow_id, run_id, kind, recorded_at)
  select r.organization_id, r.workflow_id, r.id, 'run_' || r.status, r.completed_at
  from public.workflow_run r
  where r.id = any (v_runs);
  update public.workflow_run r
  set status = 'running', completed_at = null
  where r.id = any (v_runs);
  return v_runs;
end;
$$;

comment on function workflow_engine.reopen_runs(uuid[]) is
  'Has failed and stopped runs run again; returns those that do.';

-- Lets ended runs go on in place from what failed or was stopped; outputs stay. Each run has a time before which
-- nothing of it is due, neither what is repeated nor what begins; what was planned for a later one keeps its own.
-- Fan-outs repeat their items when they are claimed: those are not locked here, because the report of an item locks
-- it before the log of its fan-out. Returns the runs.
create or replace function workflow_engine.retry_runs(run_ids uuid[], due_at timestamptz[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
  v_broken uuid[];
  v_due_at timestamptz[];
begin
  perform from public.workflow_action_logs l
  where l.run_id = any (retry_runs.run_ids) and l.item_index is null
  order by l.id
  for update;
  perform from public.workflow_run r where r.id = any (retry_runs.run_ids) order by r.id for update;
  v_runs := workflow_engine.reopen_runs(retry_runs.run_ids);
  delete from workflow_engine.unneeded_child u where u.run_id = any (v_runs);
  perform workflow_engine.unsettle_followers(array(select b.id from workflow_engine.find_broken(v_runs) b));
  select array_agg(b.id), array_agg(greatest(t.due_at, b.planned_for)) into v_broken, v_due_at
  from workflow_engine.find_broken(v_runs) b
  join unnest(retry_runs.run_ids, retry_runs.due_at) t (run_id, due_at) on t.run_id = b.run_id;
  perform workflow_engine.reset_logs(v_broken, v_due_at);
  perform workflow_engine.advance_runs(v_runs);
  update public.workflow_action_logs l
  set execute_at = t.due_at
  from unnest(retry_runs.run_ids, retry_runs.due_at) t (run_id, due_at)
  where l.run_id = t.run_id and l.run_id = any (v_runs) and l.item_index is null
    and l.status = 'not_started' and l.execute_at < t.due_at;
  perform workflow_engine.request_wake();
  return v_runs;
end;
$$;

comment on function workflow_engine.retry_runs(uuid[], timestamptz[]) is
  'Lets failed and stopped runs go on from what failed or was stopped; returns those that do.';


-- 60_control/replay.sql

-- What a run that repeats another from an action does again: that action, what did not end well or was undone,
-- what has no log, all that follow one of these, and what was not needed by one of them.
create or replace function workflow_engine.find_repeated(replay public.workflow_run, from_action text)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return array(
    with recursive repeated (id) as (
      select a.workflow_action_id
      from workflow_engine.action_version a
      left join public.workflow_action_logs l
        on l.run_id = (find_repeated.replay).replay_of and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      left join public.workflow_action_logs u
        on u.run_id = l.run_id and u.workflow_action_id = a.compensate_with and u.item_index is null
      where a.workflow_id = (find_repeated.replay).workflow_id and a.version = (find_repeated.replay).workflow_version
        and (
          a.name = find_repeated.from_action
          or (l.status = 'completed' or l.reason in ('condition', 'choice', 'not_needed')) is not true
          or u.status = 'completed'
        )
      union
      select a.workflow_action_id
      from repeated f
      join workflow_engine.action_version b
        on b.workflow_id = (find_repeated.replay).workflow_id and b.version = (find_repeated.replay).workflow_version
        and b.workflow_action_id = f.id
      join workflow_engine.action_version a on a.workflow_id = b.workflow_id and a.version = b.version
      left join public.workflow_action_logs l
        on l.run_id = (find_repeated.replay).replay_of and l.workflow_action_id = a.workflow_action_id and l.item_index is null
      where f.id = any (a.depends_on) or (l.reason = 'not_needed' and a.workflow_action_id = any (b.depends_on))
    )
    select f.id from repeated f
  );
end;
$$;

comment on function workflow_engine.find_repeated(public.workflow_run, text) is
  'The actions that a run that repeats another from an action does again.';

-- Copies into a run that repeats another from an action what need not be done again.
create or replace function workflow_engine.copy_logs(replay public.workflow_run, from_action text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_repeated uuid[] := workflow_engine.find_repeated(copy_logs.replay, copy_logs.from_action);
begin
  insert into public.workflow_action_logs (
    organization_id, run_id, workflow_id, workflow_version, workflow_action_id, status, attempt, tries, priority, execute_at,
    started_at, completed_at, worker_id, related_table, related_table_pkey, meta, output, http_status, reason, waits_for
  )
  select l.organization_id, (copy_logs.replay).id, l.workflow_id, (copy_logs.replay).workflow_version, l.workflow_action_id,
    l.status, l.attempt, l.tries, l.priority, l.execute_at, l.started_at, l.completed_at, l.worker_id, l.related_table,
    l.related_table_pkey, l.meta, l.output, l.http_status, l.reason, l.waits_for
  from public.workflow_action_logs l
  join workflow_engine.action_version a
    on a.workflow_id = l.workflow_id and a.version = (copy_logs.replay).workflow_version
    and a.workflow_action_id = l.workflow_action_id
  where l.run_id = (copy_logs.replay).replay_of
    and l.item_index is null
    and not a.is_compensation
    and l.workflow_action_id <> all (v_repeated);
end;
$$;

comment on function workflow_engine.copy_logs(public.workflow_run, text) is
  'Copies what need not be done again into a run that repeats another from an action.';

-- Repeats ended runs as new ones: each on its version, or the latest one; whole, or from an action; with its
-- event's payload, or another. Each has a time at which it begins. Returns the new runs.
create or replace function workflow_engine.replay_runs(
  run_ids uuid[],
  due_at timestamptz[],
  from_action text,
  input jsonb,
  version text
)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
begin
  with replayed as materialized (
    select r.*, t.due_at, workflow_engine.new_id() as new_event_id, e.name, coalesce(replay_runs.input, e.payload) as payload,
      case when replay_runs.version = 'latest' then w.version else r.workflow_version end as new_version
    from unnest(replay_runs.run_ids, replay_runs.due_at) t (run_id, due_at)
    join public.workflow_run r on r.id = t.run_id
    join public.workflow_event e on e.id = r.event_id
    join public.workflow w on w.id = r.workflow_id
    where r.completed_at is not null
  ),
  event as (
    insert into public.workflow_event (
      id, organization_id, name, payload, source, related_table, related_table_pkey, expanded_at
    )
    select p.new_event_id, p.organization_id, p.name, p.payload, 'replay', p.related_table, p.related_table_pkey,
      workflow_engine.clock()
    from replayed p
  ),
  run as (
    insert into public.workflow_run (
      organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, starts_at, replay_of
    )
    select p.organization_id, p.workflow_id, p.new_version, p.new_event_id, p.related_table, p.related_table_pkey, p.due_at, p.id
    from replayed p
    returning id
  )
  select coalesce(array_agg(r.id), '{}') into v_runs from run r;
  if replay_runs.from_action is not null then
    perform workflow_engine.copy_logs(r, replay_runs.from_action)
    from public.workflow_run r
    where r.id = any (v_runs);
  end if;
  perform workflow_engine.advance_runs(v_runs);
  return v_runs;
end;
$$;

comment on function workflow_engine.replay_runs(uuid[], timestamptz[], text, jsonb, text) is
  'Repeats ended runs as new ones; returns those.';


-- 60_control/steer.sql

-- What somebody did to a run, at the time at which it begins to show.
create or replace function workflow_engine.record_control(
  kind text,
  run public.workflow_run,
  reason text,
  actor text,
  detail jsonb,
  at_time timestamptz
)
returns void
language sql
set search_path = ''
as $$
  insert into public.workflow_history (organization_id, workflow_id, run_id, kind, recorded_at, reason, actor, detail)
  values (
    (record_control.run).organization_id, (record_control.run).workflow_id, (record_control.run).id, record_control.kind,
    record_control.at_time, record_control.reason, workflow_engine.named_actor(record_control.actor), record_control.detail
  );
$$;

comment on function workflow_engine.record_control(text, public.workflow_run, text, text, jsonb, timestamptz) is
  'Adds what somebody did to a run to the history.';

create or replace function workflow_engine.check_one_target(verb text, targets integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if check_one_target.targets <> 1 then
    perform workflow_engine.raise_error(
      'PT422', 'control.target_invalid',
      format('Cannot %s: name exactly one thing, not %s', check_one_target.verb, check_one_target.targets),
      'Pass one argument by name, such as run_id => ''…''.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_one_target(text, integer) is
  'Raises PT422 unless exactly one target was given.';

-- Refuses a workflow or an action type that there is not. What is paused is known, even if nothing has it any more.
create or replace function workflow_engine.check_pausable(workflow_id uuid, action_type text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if check_pausable.workflow_id is not null
    and not exists (select from public.workflow w where w.id = check_pausable.workflow_id)
  then
    perform workflow_engine.raise_error(
      'PT404', 'workflow.unknown', format('There is no workflow %s', check_pausable.workflow_id),
      'Look at public.workflow for those there are.'
    );
  elsif check_pausable.action_type is not null
    and not exists (select from workflow_engine.action_version a where a.action_type = check_pausable.action_type)
    and not exists (select from workflow_engine.pause p where p.action_type = check_pausable.action_type)
  then
    perform workflow_engine.raise_error(
      'PT404', 'action_type.unknown', format('No action has the type "%s"', check_pausable.action_type),
      coalesce(
        'There are ' || (select string_agg(distinct a.action_type, ', ') from public.workflow_action a) || '.',
        'There are no actions at all.'
      )
    );
  end if;
end;
$$;

comment on function workflow_engine.check_pausable(uuid, text) is
  'Raises PT404 for a workflow or an action type that there is not.';

-- Pauses a workflow or an action type, or lets it go on, and writes that down.
create or replace function workflow_engine.switch_pause(
  workflow_id uuid,
  action_type text,
  is_paused boolean,
  reason text,
  actor text
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_workflow public.workflow;
begin
  perform workflow_engine.check_pausable(switch_pause.workflow_id, switch_pause.action_type);
  select * into v_workflow from public.workflow w where w.id = switch_pause.workflow_id;
  if not workflow_engine.set_pause(switch_pause.workflow_id, switch_pause.action_type, switch_pause.is_paused) then
    perform workflow_engine.raise_error(
      'PT409', 'pause.unchanged',
      format('Cannot %s %s: it is %s', case when switch_pause.is_paused then 'pause' else 'resume' end,
        coalesce('workflow "' || v_workflow.name || '"', 'action type "' || switch_pause.action_type || '"'),
        case when switch_pause.is_paused then 'paused already' else 'not paused' end),
      'Nothing has to be done.'
    );
  end if;
  insert into public.workflow_history (organization_id, workflow_id, kind, reason, actor, detail)
  values (
    v_workflow.organization_id, v_workflow.id, case when switch_pause.is_paused then 'paused' else 'resumed' end,
    switch_pause.reason, workflow_engine.named_actor(switch_pause.actor),
    jsonb_strip_nulls(jsonb_build_object('action_type', switch_pause.action_type))
  );
end;
$$;

comment on function workflow_engine.switch_pause(uuid, text, boolean, text, text) is
  'Pauses a workflow or an action type, or lets it go on; raises PT404 for an unknown one, PT409 when that changes nothing.';

-- Keeps a run, a workflow or an action type from going on; what is being executed ends. Security definer
-- because the Data API's roles may not reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_pause(
  run_id uuid default null,
  workflow_id uuid default null,
  action_type text default null,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run public.workflow_run;
begin
  perform workflow_engine.check_one_target('pause', num_nonnulls(workflow_pause.run_id, workflow_pause.workflow_id, workflow_pause.action_type));
  if workflow_pause.run_id is null then
    perform workflow_engine.switch_pause(workflow_pause.workflow_id, workflow_pause.action_type, true, workflow_pause.reason, workflow_pause.actor);
  else
    v_run := workflow_engine.get_run(workflow_pause.run_id);
    if workflow_engine.pause_runs(array[v_run.id]) = '{}' then
      perform workflow_engine.refuse_run('pause', workflow_engine.get_run(v_run.id), 'Only a running run can be paused.');
    end if;
    perform workflow_engine.record_control('paused', v_run, workflow_pause.reason, workflow_pause.actor, '{}', workflow_engine.clock());
  end if;
  return jsonb_build_object('status', 'paused');
end;
$$;

comment on function public.workflow_pause(uuid, uuid, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Pauses one run, workflow or action type; returns {"status"}. Raises PT404 for an unknown id, PT409 for what is not running, PT422 unless one thing is named.';

-- Lets a run, a workflow or an action type go on. Security definer because the Data API's roles may not
-- reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_resume(
  run_id uuid default null,
  workflow_id uuid default null,
  action_type text default null,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_run public.workflow_run;
begin
  perform workflow_engine.check_one_target('resume', num_nonnulls(workflow_resume.run_id, workflow_resume.workflow_id, workflow_resume.action_type));
  if workflow_resume.run_id is null then
    perform workflow_engine.switch_pause(workflow_resume.workflow_id, workflow_resume.action_type, false, workflow_resume.reason, workflow_resume.actor);
  else
    v_run := workflow_engine.get_run(workflow_resume.run_id);
    if workflow_engine.resume_runs(array[v_run.id]) = '{}' then
      perform workflow_engine.refuse_run('resume', workflow_engine.get_run(v_run.id), 'Only a paused run can be resumed.');
    end if;
    perform workflow_engine.record_control('resumed', v_run, workflow_resume.reason, workflow_resume.actor, '{}', v_now);
  end if;
  return jsonb_build_object('status', 'running');
end;
$$;

comment on function public.workflow_resume(uuid, uuid, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Lets one paused run, workflow or action type go on; returns {"status"}. Raises PT404 for an unknown id, PT409 for what is not paused, PT422 unless one thing is named.';

-- Stops runs and their children and writes down each; returns how many of the given ones there were.
create or replace function workflow_engine.stop_and_record(run_ids uuid[], reason text, actor text)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_stopped uuid[] := workflow_engine.stop_runs(stop_and_record.run_ids);
begin
  perform workflow_engine.record_control('stopped', r, stop_and_record.reason, stop_and_record.actor, case
    when r.id = any (stop_and_record.run_ids) then '{}'
    else jsonb_build_object('parent_run_id', r.parent_run_id)
  end, r.completed_at)
  from public.workflow_run r
  where r.id = any (v_stopped);
  return (select count(*) from unnest(v_stopped) s (id) where s.id = any (stop_and_record.run_ids));
end;
$$;

comment on function workflow_engine.stop_and_record(uuid[], text, text) is
  'Stops runs and their children and adds that to the history; returns how many of the given ones there were.';

-- Stops what is named and writes that down; returns how many runs, or one action, that were.
create or replace function workflow_engine.stop_target(
  run_id uuid,
  action_id uuid,
  related_table text,
  related_table_pkey text,
  reason text,
  actor text
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_log public.workflow_action_logs;
  v_stopped integer := 1;
begin
  if stop_target.action_id is not null then
    v_log := workflow_engine.stop_action(stop_target.action_id, stop_target.reason, stop_target.actor);
    insert into public.workflow_history (
      organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, recorded_at, reason, actor
    )
    values (v_log.organization_id, v_log.workflow_id, v_log.run_id, v_log.id, workflow_engine.action_name(v_log), v_log.item_index,
      'stopped', v_log.attempt, v_log.completed_at, stop_target.reason, workflow_engine.named_actor(stop_target.actor));
  elsif stop_target.run_id is not null then
    v_stopped := workflow_engine.stop_and_record(
      array[(workflow_engine.get_run(stop_target.run_id)).id], stop_target.reason, stop_target.actor
    );
    if v_stopped = 0 then
      perform workflow_engine.refuse_run('stop', workflow_engine.get_run(stop_target.run_id), 'Only a run that has not ended can be stopped.');
    end if;
  else
    v_stopped := workflow_engine.stop_and_record(array(
      select r.id
      from public.workflow_run r
      where r.related_table = stop_target.related_table and r.related_table_pkey = stop_target.related_table_pkey
        and r.completed_at is null
    ), stop_target.reason, stop_target.actor);
  end if;
  return v_stopped;
end;
$$;

comment on function workflow_engine.stop_target(uuid, uuid, text, text, text, text) is
  'Stops a run, an action or all unfinished runs about a record; returns how many.';

-- Ends a run, an action, or all unfinished runs about a record. What is being executed is aborted at the
-- worker's next heartbeat, and its result refused. Begins anew where Postgres ends it because it and others wait for
-- each other. Security definer because the Data API's roles may not reach workflow_engine; only service_role may
-- execute it.
create or replace function public.workflow_stop(
  run_id uuid default null,
  action_id uuid default null,
  related_table text default null,
  related_table_pkey text default null,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_stopped integer;
begin
  perform workflow_engine.check_one_target('stop', num_nonnulls(
    workflow_stop.run_id, workflow_stop.action_id, coalesce(workflow_stop.related_table, workflow_stop.related_table_pkey)
  ) + (num_nonnulls(workflow_stop.related_table, workflow_stop.related_table_pkey) = 1)::integer);
  for v_try in 1..3 loop
    begin
      v_stopped := workflow_engine.stop_target(workflow_stop.run_id, workflow_stop.action_id, workflow_stop.related_table,
        workflow_stop.related_table_pkey, workflow_stop.reason, workflow_stop.actor);
      exit;
    exception
      when deadlock_detected then
        if v_try = 3 then
          raise;
        end if;
    end;
  end loop;
  return jsonb_build_object('stopped', v_stopped);
end;
$$;

comment on function public.workflow_stop(uuid, uuid, text, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Stops one run with its children, one action, or all unfinished runs about a record; returns {"stopped"}. Raises PT404 for an unknown id, PT409 for what has ended, PT422 unless one thing is named.';

-- Refuses to begin a run again whose workflow was deleted: runs outlive it, its versions do not.
create or replace function workflow_engine.check_version(run public.workflow_run)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (
    select from workflow_engine.workflow_version v
    where v.workflow_id = (check_version.run).workflow_id and v.version = (check_version.run).workflow_version
  ) then
    perform workflow_engine.raise_error(
      'PT409', 'run.workflow_deleted',
      format('Cannot begin run %s again: it is %s, and its workflow was deleted', (check_version.run).id, (check_version.run).status),
      'Deploy the workflow anew and emit its event.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_version(public.workflow_run) is
  'Raises PT409 for a run whose workflow was deleted.';

-- Lets a run go on from where it broke and writes that down.
create or replace function workflow_engine.retry_and_record(run_id uuid, reason text, actor text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_run public.workflow_run := workflow_engine.get_run(retry_and_record.run_id);
begin
  perform workflow_engine.check_version(v_run);
  if workflow_engine.retry_runs(array[v_run.id], array[v_now]) = '{}' then
    v_run := workflow_engine.get_run(v_run.id);
    perform workflow_engine.refuse_run('retry', v_run, case
      when v_run.is_compensating then 'Its compensations had begun: repeat it as a new run with workflow_replay.'
      else 'Only a failed or stopped run can be retried.'
    end);
  end if;
  perform workflow_engine.record_control('retried', v_run, retry_and_record.reason, retry_and_record.actor, '{}', v_now);
end;
$$;

comment on function workflow_engine.retry_and_record(uuid, text, text) is
  'Lets a failed or stopped run go on and adds that to the history; raises PT404 or PT409 where that cannot be.';

-- Lets a failed or stopped run go on from where it broke. Begins anew where Postgres ends it because it and others
-- wait for each other. Security definer because the Data API's roles may not reach workflow_engine; only service_role
-- may execute it.
create or replace function public.workflow_retry(run_id uuid, reason text default null, actor text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  for v_try in 1..3 loop
    begin
      perform workflow_engine.retry_and_record(workflow_retry.run_id, workflow_retry.reason, workflow_retry.actor);
      exit;
    exception
      when deadlock_detected then
        if v_try = 3 then
          raise;
        end if;
    end;
  end loop;
  return jsonb_build_object('status', 'running');
end;
$$;

comment on function public.workflow_retry(uuid, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Lets a failed or stopped run go on in place from what failed or was stopped, keeping outputs; returns {"status"}. Raises PT404 for an unknown run, PT409 for one that runs, completed, or had begun to be compensated.';

-- Refuses what cannot be replayed so.
create or replace function workflow_engine.check_replay(run public.workflow_run, from_action text, input jsonb, version text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_version integer := case check_replay.version
    when 'same' then (check_replay.run).workflow_version
    when 'latest' then (select w.version from public.workflow w where w.id = (check_replay.run).workflow_id)
  end;
  v_names text := (
    select string_agg(a.name, ', ' order by a."order", a.name)
    from workflow_engine.action_version a
    where a.workflow_id = (check_replay.run).workflow_id and a.version = v_version and not a.is_compensation
  );
begin
  perform workflow_engine.check_version(check_replay.run);
  if (check_replay.run).completed_at is null then
    perform workflow_engine.refuse_run('replay', check_replay.run, 'Wait for its end, or stop it first.');
  elsif v_version is null or jsonb_typeof(check_replay.input) <> 'object' then
    perform workflow_engine.raise_error(
      'PT422', 'replay.invalid', format('Cannot replay run %s: its version must be same or latest, its input an object', (check_replay.run).id),
      'Leave out what is to stay as it was.'
    );
  elsif check_replay.from_action is not null and (check_replay.from_action = any (string_to_array(v_names, ', '))) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'replay.action_unknown',
      format('Cannot replay run %s from "%s": version %s has no such action', (check_replay.run).id, check_replay.from_action, v_version),
      coalesce('Its actions are ' || v_names || '.', 'It has no actions.')
    );
  end if;
end;
$$;

comment on function workflow_engine.check_replay(public.workflow_run, text, jsonb, text) is
  'Raises PT409 for a run that has not ended, PT422 for what cannot be replayed so.';

-- Repeats an ended run as a new one. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_replay(
  run_id uuid,
  from_action text default null,
  input jsonb default null,
  version text default 'same',
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_run public.workflow_run := workflow_engine.get_run(workflow_replay.run_id);
  v_new uuid[];
begin
  perform workflow_engine.check_replay(v_run, workflow_replay.from_action, workflow_replay.input, workflow_replay.version);
  v_new := workflow_engine.replay_runs(array[v_run.id], array[v_now],
    workflow_replay.from_action, workflow_replay.input, workflow_replay.version);
  perform workflow_engine.record_control('replayed', r, workflow_replay.reason, workflow_replay.actor,
    jsonb_build_object('run_id', v_run.id, 'new_run_id', v_new[1], 'from_action', workflow_replay.from_action), v_now)
  from public.workflow_run r
  where r.id in (v_run.id, v_new[1]);
  return jsonb_build_object('run_id', v_new[1]);
end;
$$;

comment on function public.workflow_replay(uuid, text, jsonb, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Repeats an ended run as a new one, whole or from an action, with its input or another, on the same version or the latest; returns {"run_id"}. Raises PT404 for an unknown run, PT409 for one that has not ended, PT422 for an unknown action or version.';


-- 60_control/bulk.sql

-- What a filter of runs may name, and what each must be.
create or replace function workflow_engine.filter_keys()
returns table (name text, kind text)
language sql
immutable
set search_path = ''
as $$
  values ('workflow', 'string'), ('workflow_id', 'string'), ('organization_id', 'string'), ('status', 'string'),
    ('related_table', 'string'), ('related_table_pkey', 'string'), ('failed_action', 'string'), ('error', 'string'),
    ('created_after', 'string'), ('created_before', 'string'), ('limit', 'number');
$$;

comment on function workflow_engine.filter_keys() is 'What a filter of runs may name, and the type of each in JSON.';

-- What is wrong with a member of a filter, or null.
create or replace function workflow_engine.find_filter_fault(key text, value jsonb)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when k.name is null then format('key "%s" is not known', find_filter_fault.key)
    when k.name = 'organization_id' and find_filter_fault.value = 'null' then null
    when jsonb_typeof(find_filter_fault.value) <> k.kind then format('"%s" is %s, not a %s', k.name, find_filter_fault.value, k.kind)
    when k.name = 'status' and find_filter_fault.value #>> '{}' not in ('running', 'paused', 'completed', 'failed', 'stopped')
      then format('"status" is %s, which no run has', find_filter_fault.value)
    when k.name = 'limit' and (find_filter_fault.value::numeric not between 1 and 10000 or find_filter_fault.value::numeric % 1 <> 0)
      then format('"limit" is %s, not 1 to 10000', find_filter_fault.value)
  end
  from (values (find_filter_fault.key)) f (key)
  left join workflow_engine.filter_keys() k on k.name = f.key;
$$;

comment on function workflow_engine.find_filter_fault(text, jsonb) is 'What is wrong with a member of a filter of runs, or null.';

-- Refuses a filter of runs that could not be meant.
create or replace function workflow_engine.check_filter(filter jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault text;
begin
  if jsonb_typeof(check_filter.filter) is distinct from 'object' then
    v_fault := ' is no object';
  elsif check_filter.filter - 'limit' = '{}' then
    v_fault := ' is empty';
  else
    select '''s ' || f.fault into v_fault
    from jsonb_each(check_filter.filter) e
    cross join lateral (select workflow_engine.find_filter_fault(e.key, e.value) as fault) f
    where f.fault is not null
    order by e.key
    limit 1;
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', 'Cannot choose runs: the filter' || v_fault,
      format('Name %s; leave out what does not matter. Only organization_id may be null, for the platform''s own runs.', (
        select string_agg(k.name, ', ') from workflow_engine.filter_keys() k
      ))
    );
  end if;
end;
$$;

comment on function workflow_engine.check_filter(jsonb) is 'Raises PT422 for a filter of runs that is empty, or has unknown keys or values.';

-- Whether this run begins again with one of these that has started it, itself or through others: at a retry only
-- by way of actions that broke, and of items that did in a fan-out that broke; at a replay by way of all.
create or replace function workflow_engine.begins_with(run public.workflow_run, run_ids uuid[], operation text)
returns boolean
language sql
stable
set search_path = ''
as $$
  with recursive ancestor (id, parent_run_id, parent_action_log_id) as (
    select (begins_with.run).id, (begins_with.run).parent_run_id, (begins_with.run).parent_action_log_id
    union
    select r.id, r.parent_run_id, r.parent_action_log_id
    from ancestor a
    join public.workflow_run r on r.id = a.parent_run_id
    join public.workflow_action_logs i on i.id = a.parent_action_log_id
    join public.workflow_action_logs l
      on l.run_id = i.run_id and l.workflow_action_id = i.workflow_action_id and l.item_index is null
    left join workflow_engine.action_version v
      on v.workflow_id = l.workflow_id and v.version = l.workflow_version and v.workflow_action_id = l.workflow_action_id
    where begins_with.operation = 'replay' or (
      i.status in ('failed', 'stopped')
      and workflow_engine.judge(l.status, true, l.reason, v.continue_on_failure) = 'broken'
    )
  )
  select exists (select from ancestor a where a.id = any (begins_with.run_ids) and a.id <> (begins_with.run).id);
$$;

comment on function workflow_engine.begins_with(public.workflow_run, uuid[], text) is
  'Whether a run begins again with one of these, which has started it.';

-- The runs that a filter chooses and an operation can be done to, the oldest first.
create or replace function workflow_engine.find_runs(filter jsonb, operation text)
returns setof public.workflow_run
language plpgsql
stable
set search_path = ''
as $$
declare
  f record;
begin
  select * into f
  from jsonb_to_record(find_runs.filter) f (
    workflow text, workflow_id uuid, organization_id text, status text, related_table text, related_table_pkey text,
    failed_action text, error text, created_after timestamptz, created_before timestamptz, "limit" integer
  );
  return query
    select r.*
    from public.workflow_run r
    left join public.workflow w on w.id = r.workflow_id
    where (f.workflow is null or w.name = f.workflow)
      and (f.workflow_id is null or r.workflow_id = f.workflow_id)
      and (not find_runs.filter ? 'organization_id' or r.organization_id is not distinct from f.organization_id)
      and (f.status is null or r.status = f.status)
      and (f.related_table is null or r.related_table = f.related_table)
      and (f.related_table_pkey is null or r.related_table_pkey = f.related_table_pkey)
      and (f.created_after is null or r.created_at >= f.created_after)
      and (f.created_before is null or r.created_at < f.created_before)
      and case find_runs.operation
        when 'stop' then r.status in ('running', 'paused')
        when 'pause' then r.status = 'running'
        when 'resume' then r.status = 'paused'
        when 'retry' then r.status in ('failed', 'stopped') and not r.is_compensating
        else r.completed_at is not null and not exists (select from public.workflow_run p where p.replay_of = r.id)
      end
      and (find_runs.operation not in ('retry', 'replay') or exists (
        select from workflow_engine.workflow_version v
        where v.workflow_id = r.workflow_id and v.version = r.workflow_version
      ))
      and ((f.failed_action is null and f.error is null) or exists (
        select from public.workflow_action_logs l
        join workflow_engine.action_version a
          on a.workflow_id = l.workflow_id and a.version = l.workflow_version
          and a.workflow_action_id = l.workflow_action_id
        where l.run_id = r.id and l.status = 'failed'
          and (f.failed_action is null or a.name = f.failed_action)
          and (f.error is null or position(f.error in l.error) > 0)
      ))
    order by r.id
    limit coalesce(f."limit", 1000);
exception
  when data_exception then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', format('Cannot choose runs: %s', sqlerrm), 'Ids are uuids, times such as 2030-01-31T09:00Z.'
    );
end;
$$;

comment on function workflow_engine.find_runs(jsonb, text) is
  'The runs that a filter chooses and an operation can be done to, the oldest first.';

-- The ids of those. A child whose parent begins again too is none of them: it does so with its parent.
create or replace function workflow_engine.choose_runs(filter jsonb, operation text)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_runs public.workflow_run[] := array(select r from workflow_engine.find_runs(choose_runs.filter, choose_runs.operation) r);
  v_ids uuid[] := array(select r.id from unnest(v_runs) r);
begin
  if choose_runs.operation in ('retry', 'replay') then
    v_ids := array(select r.id from unnest(v_runs) r where not workflow_engine.begins_with(r, v_ids, choose_runs.operation) order by r.id);
  end if;
  return v_ids;
end;
$$;

comment on function workflow_engine.choose_runs(jsonb, text) is
  'The ids of the runs that an operation in bulk is to be done to, the oldest first.';

-- Does an operation to some runs, those that begin again each at its time. Returns those it concerned.
create or replace function workflow_engine.operate_slice(operation text, run_ids uuid[], due_at timestamptz[])
returns uuid[]
language sql
set search_path = ''
as $$
  select case operate_slice.operation
    when 'stop' then workflow_engine.stop_runs(operate_slice.run_ids)
    when 'pause' then workflow_engine.pause_runs(operate_slice.run_ids)
    when 'resume' then workflow_engine.resume_runs(operate_slice.run_ids)
    when 'retry' then workflow_engine.retry_runs(operate_slice.run_ids, operate_slice.due_at)
    else workflow_engine.replay_runs(operate_slice.run_ids, operate_slice.due_at, null, null, 'same')
  end;
$$;

comment on function workflow_engine.operate_slice(text, uuid[], timestamptz[]) is
  'Stops, pauses, resumes, retries or replays runs; returns those it concerned, of a replay the new ones.';

-- Locks the logs of all these runs before the first of the runs is locked: a slice that came to logs while it held
-- the runs of another would wait for a report that waits for those.
create or replace function workflow_engine.lock_for_operation(operation text, run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if lock_for_operation.operation = 'stop' then
    perform workflow_engine.lock_unfinished(workflow_engine.with_descendants(lock_for_operation.run_ids));
  elsif lock_for_operation.operation = 'resume' then
    perform from public.workflow_action_logs l
    where l.is_held and l.run_id = any (lock_for_operation.run_ids)
    order by l.id
    for update;
  end if;
end;
$$;

comment on function workflow_engine.lock_for_operation(text, uuid[]) is
  'Locks the action logs that an operation in bulk will change.';

-- Does an operation to runs in slices, for about four seconds, because the Data API allows eight; of those that
-- begin again, as many a minute as asked for. Returns those it concerned, children included.
create or replace function workflow_engine.operate(
  operation text,
  run_ids uuid[],
  starts_at timestamptz,
  per_minute integer
)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '4 seconds';
  v_done integer := 0;
  v_affected uuid[] := array[]::uuid[];
begin
  perform workflow_engine.lock_for_operation(operate.operation, operate.run_ids);
  while v_done < cardinality(operate.run_ids) and clock_timestamp() < v_until loop
    v_affected := v_affected || workflow_engine.operate_slice(
      operate.operation, operate.run_ids[v_done + 1 : v_done + 200],
      array(
        select operate.starts_at + make_interval(secs => n.number * 60.0 / operate.per_minute)
        from generate_series(v_done, v_done + 199) n (number)
      )
    );
    v_done := v_done + 200;
  end loop;
  return v_affected;
end;
$$;

comment on function workflow_engine.operate(text, uuid[], timestamptz, integer) is
  'Does an operation to runs for about four seconds; returns those it concerned, of a replay the new ones.';

-- When the first run of an operation may begin: what the same operation has planned before for such runs comes
-- first, so that calling it again does not exceed its rate. Of the filter, what only bounds it does not count:
-- whoever says "since an hour ago" says another time with each call.
create or replace function workflow_engine.next_start(kind text, filter jsonb)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_bounds constant text[] := array['created_after', 'created_before', 'limit'];
begin
  return greatest(workflow_engine.clock(), (
    select (h.detail ->> 'next_start')::timestamptz
    from public.workflow_history h
    where h.detail ? 'filter' and h.kind = next_start.kind
      and (h.detail -> 'filter') - v_bounds = next_start.filter - v_bounds
    order by h.recorded_at desc
    limit 1
  ));
end;
$$;

comment on function workflow_engine.next_start(text, jsonb) is
  'When the first run of an operation in bulk may begin.';

-- Does an operation to runs and writes that down in one row; returns how many of them it concerned.
create or replace function workflow_engine.operate_and_record(
  operation text,
  run_ids uuid[],
  filter jsonb,
  per_minute integer,
  reason text,
  actor text
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_kind text := case operate_and_record.operation
    when 'stop' then 'stopped' when 'retry' then 'retried' else rtrim(operate_and_record.operation, 'e') || 'ed'
  end;
  v_starts_at timestamptz := workflow_engine.next_start(v_kind, operate_and_record.filter);
  v_history uuid := workflow_engine.new_id();
  v_affected uuid[] := workflow_engine.operate(
    operate_and_record.operation, operate_and_record.run_ids, v_starts_at, operate_and_record.per_minute
  );
  v_concerned uuid[] := array(
    select i.id
    from public.workflow_run r
    cross join lateral (select case operate_and_record.operation when 'replay' then r.replay_of else r.id end as id) i
    where r.id = any (v_affected) and i.id = any (operate_and_record.run_ids)
  );
begin
  insert into public.workflow_history (id, organization_id, kind, recorded_at, reason, actor, detail)
  values (
    v_history, operate_and_record.filter ->> 'organization_id', v_kind, v_now, operate_and_record.reason,
    workflow_engine.named_actor(operate_and_record.actor),
    jsonb_build_object('filter', operate_and_record.filter, 'runs', cardinality(v_concerned)) || case
      when operate_and_record.operation in ('retry', 'replay') then jsonb_build_object(
        'next_start', v_starts_at + make_interval(secs => cardinality(v_concerned) * 60.0 / operate_and_record.per_minute)
      )
      else '{}'
    end
  );
  insert into workflow_engine.history_run (history_id, run_id)
  select v_history, r.id from (select unnest(v_concerned) union select unnest(v_affected)) r (id);
  return cardinality(v_concerned);
end;
$$;

comment on function workflow_engine.operate_and_record(text, uuid[], jsonb, integer, text, text) is
  'Does an operation to runs and adds one row to the history; returns how many of them it concerned.';

-- Does an operation to all runs that a filter chooses; returns how many it matched, and how many of them it
-- concerned. Bulk operations take turns.
create or replace function workflow_engine.operate_by_filter(
  operation text,
  filter jsonb,
  per_minute integer,
  reason text,
  actor text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
begin
  perform pg_advisory_xact_lock(hashtext('workflow_bulk'));
  v_runs := workflow_engine.choose_runs(operate_by_filter.filter, operate_by_filter.operation);
  return jsonb_build_object('dry_run', false, 'matched', cardinality(v_runs), 'affected', workflow_engine.operate_and_record(
    operate_by_filter.operation, v_runs, operate_by_filter.filter, operate_by_filter.per_minute, operate_by_filter.reason,
    operate_by_filter.actor
  ));
end;
$$;

comment on function workflow_engine.operate_by_filter(text, jsonb, integer, text, text) is
  'Does an operation to all runs that a filter chooses; returns {"matched", "affected", "dry_run"}.';

-- The same operation for all runs that a filter chooses; a dry run, unless told otherwise, only counts them. Begins
-- anew where Postgres ends it soon because it and others wait for each other: twice as long would be too long for the
-- Data API. Security definer because the Data API's roles may not reach workflow_engine; only service_role may execute
-- it.
create or replace function public.workflow_bulk(
  operation text,
  filter jsonb,
  dry_run boolean default true,
  per_minute integer default 600,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '3 seconds';
  v_answer jsonb;
begin
  if (workflow_bulk.operation in ('stop', 'pause', 'resume', 'retry', 'replay') and workflow_bulk.per_minute > 0) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.operation_invalid',
      format('Cannot do "%s" to %s runs a minute', workflow_bulk.operation, workflow_bulk.per_minute),
      'Operations are stop, pause, resume, retry and replay; per_minute is at least 1.'
    );
  end if;
  perform workflow_engine.check_filter(workflow_bulk.filter);
  if workflow_bulk.dry_run is distinct from false then
    return jsonb_build_object('dry_run', true, 'affected', 0,
      'matched', cardinality(workflow_engine.choose_runs(workflow_bulk.filter, workflow_bulk.operation)));
  end if;
  loop
    begin
      v_answer := workflow_engine.operate_by_filter(workflow_bulk.operation, workflow_bulk.filter, workflow_bulk.per_minute,
        workflow_bulk.reason, workflow_bulk.actor);
      exit;
    exception
      when deadlock_detected then
        if clock_timestamp() >= v_until then
          raise;
        end if;
    end;
  end loop;
  return v_answer;
end;
$$;

comment on function public.workflow_bulk(text, jsonb, boolean, integer, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Stops, pauses, resumes, retries or replays the runs that a filter chooses, unless it is a dry run; returns {"matched", "affected", "dry_run"}. Where fewer were affected than matched, its time was over: call it again. A run is replayed once. Raises PT422 for an unknown operation or filter.';


-- 60_control/timeline.sql

-- The actions of a run's version, and after how long of what each was to begin: those of a deleted workflow as
-- the history has kept them.
create or replace function workflow_engine.run_actions(run public.workflow_run)
returns table (workflow_action_id uuid, name text, action_type text, delay interval, is_first boolean)
language sql
stable
set search_path = ''
as $$
  select a.workflow_action_id, a.name, a.action_type, a.delay, a.depends_on = '{}' and not a.is_compensation
  from workflow_engine.action_version a
  where a.workflow_id = (run_actions.run).workflow_id and a.version = (run_actions.run).workflow_version
  union all
  select a.workflow_action_id, a.name, a.action_type, null, null
  from public.workflow_history h
  cross join lateral jsonb_to_recordset(h.detail -> 'actions') a (workflow_action_id uuid, version integer, name text, action_type text)
  where h.workflow_id = (run_actions.run).workflow_id and h.run_id is null and h.kind = 'definition_deleted'
    and a.version = (run_actions.run).workflow_version;
$$;

comment on function workflow_engine.run_actions(public.workflow_run) is
  'The actions of a run''s version, also after its workflow was deleted.';

-- The action logs of a run, each with its action's name, whether a replay copied it from the run that it repeats,
-- and when it was to begin: execute_at says so until it is used for something else, such as a retry or a timeout.
create or replace function workflow_engine.read_logs(run public.workflow_run)
returns table (log public.workflow_action_logs, name text, is_copy boolean, due_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select l, a.name, coalesce((read_logs.run).replay_of is not null and l.completed_at < (read_logs.run).created_at, false), case
    when l.tries = 0 and l.waits_for is null and (l.attempt = 0 or (l.attempt = 1 and l.status <> 'not_started'))
      then nullif(l.execute_at, 'infinity')
    when l.item_index is null then case when a.is_first then (read_logs.run).starts_at else l.created_at end + a.delay
  end
  from public.workflow_action_logs l
  left join workflow_engine.run_actions(read_logs.run) a on a.workflow_action_id = l.workflow_action_id
  where l.run_id = (read_logs.run).id;
$$;

comment on function workflow_engine.read_logs(public.workflow_run) is
  'The action logs of a run with the names of their actions.';

-- Everything that happened to the action logs of a run: each became ready, was executed, was passed over or
-- ended; what it waited for, and who was asked; what its children came to, each time.
create or replace function workflow_engine.log_entries(run public.workflow_run)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select (r.log).*, r.name, r.is_copy, r.due_at, jsonb_build_object('action_id', (r.log).id, 'item_index', (r.log).item_index) as which
    from workflow_engine.read_logs(log_entries.run) r
  )
  select l.created_at, 'action_copied', l.name, l.which || jsonb_build_object(
    'status', l.status, 'attempt', l.attempt, 'started_at', l.started_at, 'completed_at', l.completed_at, 'reason', l.reason
  )
  from told l
  where l.is_copy
  union all
  select l.created_at, 'action_ready', l.name, l.which || jsonb_build_object('execute_at', l.due_at)
  from told l
  where not l.is_copy and (l.status <> 'skipped' or l.attempt > 0)
  union all
  select l.started_at, 'attempt_started', l.name, l.which || jsonb_build_object('attempt', l.attempt, 'worker_id', l.worker_id)
  from told l
  where not l.is_copy and l.started_at is not null and l.attempt > 0
  union all
  select coalesce(l.completed_at, l.started_at), 'action_' || l.status, l.name, l.which || jsonb_build_object(
    'attempt', l.attempt, 'reason', l.reason, 'error', l.error, 'http_status', l.http_status, 'waits_for', l.waits_for,
    'until', case when l.status = 'waiting' then nullif(l.execute_at, 'infinity') end
  )
  from told l
  where not l.is_copy and (l.completed_at is not null or l.status = 'waiting')
  union all
  select p.requested_at, 'approval_requested', l.name, l.which
    || jsonb_build_object('approval_id', p.id, 'role', p.role, 'message', p.message, 'expires_at', p.expires_at)
  from told l
  join public.workflow_approval p on p.action_log_id = l.id
  union all
  select e.at, e.kind, l.name, l.which || jsonb_build_object('run_id', c.id)
  from told l
  join public.workflow_run c on c.parent_run_id = l.run_id and c.parent_action_log_id = l.id
  cross join lateral (
    values (c.created_at, 'child_started'), (c.completed_at, 'child_' || c.status)
    union all
    select h.recorded_at, replace(h.kind, 'run_', 'child_')
    from public.workflow_history h
    where h.run_id = c.id and h.kind in ('run_failed', 'run_stopped')
  ) e (at, kind)
  where e.at is not null;
$$;

comment on function workflow_engine.log_entries(public.workflow_run) is
  'What happened to the action logs of a run.';

-- The rows of the history about a run: its own; those about many runs at once, of which one that reached beyond
-- the caller's organization shows only that it was; and the pauses of its workflow, or of a type of its actions, that
-- held it or began while it went on.
create or replace function workflow_engine.read_history(run public.workflow_run)
returns table (history public.workflow_history, is_bulk boolean, is_open boolean)
language sql
stable
set search_path = ''
as $$
  select h, false, true from public.workflow_history h where h.run_id = (read_history.run).id
  union all
  select h, true, workflow_engine.is_trusted() or not workflow_engine.is_foreign(h.organization_id)
  from workflow_engine.history_run b
  join public.workflow_history h on h.id = b.history_id
  where b.run_id = (read_history.run).id
  union all
  select p.history, false, workflow_engine.is_trusted() or not workflow_engine.is_foreign((p.history).organization_id)
  from (
    select h as history, h.kind, h.recorded_at, lead(h.recorded_at, 1, 'infinity') over (
      partition by h.workflow_id, h.detail ->> 'action_type' order by h.recorded_at, h.id
    ) as until
    from public.workflow_history h
    where h.run_id is null and h.kind in ('paused', 'resumed') and (
      h.workflow_id = (read_history.run).workflow_id
      or h.detail ->> 'action_type' in (select a.action_type from workflow_engine.run_actions(read_history.run) a)
    )
  ) p
  where p.recorded_at <= coalesce((read_history.run).completed_at, 'infinity')
    and (p.recorded_at >= (read_history.run).created_at or (p.kind = 'paused' and p.until >= (read_history.run).created_at));
$$;

comment on function workflow_engine.read_history(public.workflow_run) is
  'The rows of the history about a run, and which of them its timeline may show whole.';

-- The two runs of a replay in bulk, of which this one is either.
create or replace function workflow_engine.find_replay(history_id uuid, run_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('run_id', n.replay_of, 'new_run_id', n.id)
  from public.workflow_run n
  join workflow_engine.history_run b on b.run_id = n.id and b.history_id = find_replay.history_id
  where n.replay_of is not null and (n.id = find_replay.run_id or n.replay_of = find_replay.run_id)
  limit 1;
$$;

comment on function workflow_engine.find_replay(uuid, uuid) is
  'The old and the new run of a replay in bulk.';

-- What the history tells of a run. An attempt that has ended had begun, and a question that was withdrawn had been
-- asked. What nobody did, but the engine by itself, has no actor.
create or replace function workflow_engine.history_entries(run public.workflow_run)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select (r.history).*, r.is_bulk, r.is_open,
      (r.history).kind ~ '^(attempt|run|action)_' or (r.history).kind in ('reminded', 'expired', 'throttled') as is_by_itself,
      jsonb_build_object('action_id', (r.history).action_log_id, 'item_index', (r.history).item_index) as which
    from workflow_engine.read_history(history_entries.run) r
  )
  select h.started_at, 'attempt_started', h.action, h.which || jsonb_build_object('attempt', h.attempt, 'worker_id', h.detail -> 'worker_id')
  from told h
  where h.started_at is not null and h.kind <> 'approval_requested'
  union all
  select h.started_at, h.kind, h.action, h.which || h.detail
  from told h
  where h.kind = 'approval_requested'
  union all
  select h.recorded_at, h.kind, h.action, h.which
    || case when h.is_open then h.detail || jsonb_build_object('reason', h.reason) else '{}' end
    || case when h.is_open and not h.is_by_itself then jsonb_build_object('actor', h.actor) else '{}' end
    || jsonb_build_object(
      'attempt', h.attempt, 'started_at', h.started_at, 'error', h.error, 'in_bulk', nullif(h.is_bulk, false),
      'action_type', h.detail -> 'action_type', 'workflow_id', case when h.run_id is null then h.workflow_id end
    )
    || case when h.is_bulk and h.kind = 'replayed' then workflow_engine.find_replay(h.id, (history_entries.run).id) else '{}' end
  from told h
  where h.kind <> 'approval_requested';
$$;

comment on function workflow_engine.history_entries(public.workflow_run) is
  'What the history tells of a run.';

-- What the run itself tells.
create or replace function workflow_engine.run_entries(run public.workflow_run)
returns table (at timestamptz, kind text, action text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  select (run_entries.run).created_at, 'run_created', null, jsonb_build_object(
    'event', e.name, 'event_id', e.id, 'starts_at', (run_entries.run).starts_at,
    'parent_run_id', (run_entries.run).parent_run_id, 'replay_of', (run_entries.run).replay_of
  )
  from public.workflow_event e
  where e.id = (run_entries.run).event_id
  union all
  select (run_entries.run).completed_at, 'run_' || (run_entries.run).status, null, jsonb '{}'
  where (run_entries.run).completed_at is not null;
$$;

comment on function workflow_engine.run_entries(public.workflow_run) is
  'What a run itself tells.';

-- Of what happened at one time, which comes first: what was done, then what it did, then what that ended.
create or replace function workflow_engine.rank_entry(kind text)
returns integer
language sql
immutable
return case
  when kind in ('run_completed', 'run_failed', 'run_stopped') then 7
  when kind in ('action_completed', 'action_failed', 'action_skipped', 'action_stopped') then 6
  when kind in (
    'attempt_failed', 'attempt_stopped', 'attempt_released', 'reminded', 'expired', 'child_completed', 'child_failed', 'child_stopped'
  ) then 5
  when kind in ('action_waiting', 'approval_requested', 'child_started') then 4
  when kind = 'attempt_started' then 3
  when kind in ('action_ready', 'action_copied') then 2
  when kind = 'run_created' then 1
  else 0
end;

comment on function workflow_engine.rank_entry(text) is
  'The place of an entry of a timeline among those of the same time.';

-- Everything that happened to a run, in order, in one call. The action log tells of the start of its last attempt,
-- and the history of those that did not complete: where both do, `union` leaves one. Security definer because the
-- Data API's roles may not reach workflow_engine; a signed-in user sees the runs of the organization that the token
-- names.
create or replace function public.workflow_timeline(run_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_run public.workflow_run := workflow_engine.get_run(workflow_timeline.run_id);
begin
  if workflow_engine.is_foreign(v_run.organization_id) then
    perform workflow_engine.refuse_unknown_run(v_run.id);
  end if;
  return jsonb_build_object('run', to_jsonb(v_run), 'entries', (
    select coalesce(to_jsonb(array_agg(
      jsonb_build_object('at', t.at, 'kind', t.kind) || jsonb_strip_nulls(jsonb_build_object('action', t.action) || t.detail)
      order by t.at, workflow_engine.rank_entry(t.kind), t.action, t.detail -> 'item_index', t.detail -> 'attempt'
    )), '[]')
    from (
      select * from workflow_engine.run_entries(v_run)
      union
      select * from workflow_engine.history_entries(v_run)
      union
      select * from workflow_engine.log_entries(v_run)
    ) t
  ));
end;
$$;

comment on function public.workflow_timeline(uuid) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Everything that happened to a run, in order: {"run", "entries": [{"at", "kind", "action", …}]}. Raises PT404 for an unknown run.';


-- 70_monitoring/workflow_configure.sql

-- Writes a secret with Vault's own function (a plain insert would not be encrypted). Deletes the old
-- one instead of updating it: vault.update_secret() raises for a secret that it cannot decrypt, which is
-- the very one that must be written again.
create or replace function workflow_engine.write_secret(name text, secret text, description text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from vault.secrets s where s.name = write_secret.name;
  perform vault.create_secret(write_secret.secret, write_secret.name, write_secret.description);
end;
$$;

comment on function workflow_engine.write_secret(text, text, text) is
  'Creates or replaces a secret in Vault.';

-- Tells the engine where its function is. Writes what Vault must hold, makes the secret that signs
-- wake-ups when there is none, and returns what is left to type.
create or replace function public.workflow_configure(url text, app_url text default null)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_secret text := workflow_engine.read_secret('workflow_secret');
begin
  if (workflow_configure.url ~ '^https?://[^\s/]+/') is not true then
    perform workflow_engine.raise_error(
      'PT422', 'configure.url_invalid',
      format('Cannot configure the engine: "%s" is not the URL of a function', coalesce(workflow_configure.url, 'null')),
      'Pass https://<project>.supabase.co/functions/v1/workflow-cron.'
    );
  end if;
  if workflow_configure.app_url !~ '^https?://[^\s/]+' then
    perform workflow_engine.raise_error(
      'PT422', 'configure.app_url_invalid',
      format('Cannot configure the engine: "%s" is not the URL of an application', workflow_configure.app_url),
      'Pass https://<application>, or leave it out.'
    );
  end if;
  if v_secret is null then
    v_secret := 'whsec_' || encode(extensions.gen_random_bytes(32), 'base64');
    perform workflow_engine.write_secret('workflow_secret', v_secret, 'Signs the wake-ups of workflow-cron.');
  end if;
  perform workflow_engine.write_secret('workflow_function_url', workflow_configure.url, 'Where workflow-cron is.');
  if workflow_configure.app_url is not null then
    perform workflow_engine.write_secret('APP_URL', workflow_configure.app_url, 'What relative target_endpoints are taken from.');
  end if;
  return jsonb_build_object(
    'url', workflow_configure.url,
    'next', array[
      format('supabase secrets set WORKFLOW_SECRET=%s', v_secret),
      'select * from workflow_doctor();'
    ]
  );
end;
$$;

comment on function public.workflow_configure(text, text) is
  'Writes the function''s URL, the application''s URL and the secret of the wake-ups to Vault; returns {"url", "next": [what to type]}. Raises PT422 for what is no URL.';


-- 70_monitoring/workflow_doctor.sql

-- The doctor's checks, one a function: each returns ok or a sentence that says what is wrong and what to
-- type.

-- What Vault stores of a secret, and what it makes of that. What it encrypts is stored in base64, which
-- neither a URL nor whsec_… ever is.
create or replace function workflow_engine.check_secret(name text, stored text, decrypted text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when check_secret.stored is null then format('Vault holds no %s. Type: select workflow_configure(''https://<project>.supabase.co/functions/v1/workflow-cron'');', check_secret.name)
    when check_secret.stored !~ '^[A-Za-z0-9+/\s]+[=\s]*$' then format('%s lies in Vault unencrypted: it was inserted, not created. Delete it from vault.secrets and type workflow_configure(…) again.', check_secret.name)
    when check_secret.decrypted is null then format('Vault cannot decrypt %s. Type workflow_configure(…) again.', check_secret.name)
    when check_secret.name = 'workflow_secret' and check_secret.decrypted !~ '^whsec_[A-Za-z0-9+/]+=*( whsec_[A-Za-z0-9+/]+=*)*$' then 'workflow_secret is not of the form whsec_<base64>. Delete it from Vault and type workflow_configure(…) again.'
    else 'ok'
  end;
$$;

comment on function workflow_engine.check_secret(text, text, text) is
  'What is wrong with a secret of Vault, or ok.';

-- Vault must hold the function's URL and the secret, readable and encrypted.
create or replace function workflow_engine.check_vault(name text)
returns text
language sql
stable
set search_path = ''
as $$
  select workflow_engine.check_secret(
    check_vault.name,
    (select s.secret from vault.secrets s where s.name = check_vault.name),
    workflow_engine.read_secret(check_vault.name)
  );
$$;

comment on function workflow_engine.check_vault(text) is 'Whether Vault holds a secret that can be read.';

-- pg_cron must have the tick's job, active, and have run it within the last two minutes.
create or replace function workflow_engine.check_tick()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when j.jobid is null then 'pg_cron has no job "workflow-tick". Type: select cron.schedule(''workflow-tick'', ''* * * * *'', ''select public.workflow_action_log_cron()'');'
    when not j.active then format('The job "workflow-tick" is switched off. Type: select cron.alter_job(%s, active := true);', j.jobid)
    when s.ran_at is null then 'The tick has not run yet. If that is so in two minutes, pg_cron does not run: restart the database.'
    when s.ran_at < clock_timestamp() - interval '2 minutes' then format('The tick last ran at %s. pg_cron does not run: look at cron.job_run_details, and restart the database.', s.ran_at)
    else 'ok'
  end
  from workflow_engine.tick_state s
  left join cron.job j on j.jobname = 'workflow-tick';
$$;

comment on function workflow_engine.check_tick() is 'Whether pg_cron runs the tick.';

-- pg_net must take its requests: what was rung ten seconds ago must have left the queue.
create or replace function workflow_engine.check_requests()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when exists (select from net.http_request_queue q where q.id = r.last_value)
      and a.rung_at < clock_timestamp() - interval '10 seconds'
    then format('pg_net has not sent the wake-up of %s. Type: select net.worker_restart();', a.rung_at)
    else 'ok'
  end
  from workflow_engine.last_ring_request r
  cross join (select to_timestamp(s.last_value / 1000.0) as rung_at from workflow_engine.last_ring_at s) a;
$$;

comment on function workflow_engine.check_requests() is 'Whether pg_net sends its requests.';

-- The last wake-up must have been answered with 202.
create or replace function workflow_engine.check_answer()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when q.last_value = 0 then 'The function was never rung. If Vault holds its URL it has been rung just now: ask again in a few seconds.'
    when r.status_code between 200 and 299 then 'ok'
    when r.status_code = 401 then 'The function refused the wake-up: its WORKFLOW_SECRET is not the one in Vault. Type: supabase secrets set WORKFLOW_SECRET=<workflow_secret of Vault>.'
    when r.status_code = 404 then 'There is no function at the URL in Vault. Type: supabase functions deploy workflow-cron, or workflow_configure(…) with the right URL.'
    when r.id is not null then format('The wake-up failed: %s. Look at the function''s logs.', coalesce(r.error_msg, 'HTTP ' || r.status_code))
    when a.rung_at > clock_timestamp() - interval '10 seconds' then 'The function was rung just now and has not answered yet: ask again in a few seconds.'
    else format('Nobody answered the wake-up of %s. Look at the URL in Vault and at the function''s logs.', a.rung_at)
  end
  from workflow_engine.last_ring_request q
  cross join (select to_timestamp(s.last_value / 1000.0) as rung_at from workflow_engine.last_ring_at s) a
  left join net._http_response r on r.id = q.last_value;
$$;

comment on function workflow_engine.check_answer() is 'Whether the function answered the last wake-up.';

-- No workflow may have begun so many runs about one record that the engine had to slow it down.
create or replace function workflow_engine.check_loops()
returns text
language sql
stable
set search_path = ''
as $$
  select coalesce((
    select format('Workflow "%s" began too many runs about %s %s: the last was put off at %s. If it changes the table that triggers it, give it a condition that is false for its own changes.',
      w.name, h.detail ->> 'related_table', h.detail ->> 'related_table_pkey', h.recorded_at)
    from public.workflow_history h
    left join public.workflow w on w.id = h.workflow_id
    where h.kind = 'throttled' and h.recorded_at > workflow_engine.clock() - interval '1 hour'
    order by h.recorded_at desc
    limit 1
  ), 'ok');
$$;

comment on function workflow_engine.check_loops() is 'Whether no record began too many runs within the last hour.';

-- What is missing or sick, in words. Rings the function each time it is asked, so that asked again a
-- few seconds later it tells whether that was answered. Security definer because service_role may ask
-- and may not reach workflow_engine.
create or replace function public.workflow_doctor()
returns table (subject text, is_well boolean, finding text)
language plpgsql
security definer
set search_path = ''
as $$
begin
  return query
    select c.subject, c.finding = 'ok', c.finding
    from (
      values
        ('function URL', workflow_engine.check_vault('workflow_function_url')),
        ('secret', workflow_engine.check_vault('workflow_secret')),
        ('tick', workflow_engine.check_tick()),
        ('pg_net', workflow_engine.check_requests()),
        ('wake-up', workflow_engine.check_answer()),
        ('loops', workflow_engine.check_loops())
    ) c (subject, finding);
  perform workflow_engine.ring();
end;
$$;

comment on function public.workflow_doctor() is
  'Security definer because service_role may ask and may not reach workflow_engine. Says in words what is missing or sick: one row a subject, with "ok" or what to type. Rings the function; ask again a few seconds later to see that answered.';


-- 90_security/policies.sql

-- Row-level security: a signed-in user sees the rows of the organization that the token names, and
-- changes none. service_role bypasses it, as everywhere in Supabase.
alter table public.workflow enable row level security;

alter table public.workflow_action enable row level security;

alter table public.workflow_event enable row level security;

alter table public.workflow_run enable row level security;

alter table public.workflow_action_logs enable row level security;

alter table public.workflow_history enable row level security;

alter table public.workflow_approval enable row level security;

create policy "Members see their organization's workflows" on public.workflow
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's actions" on public.workflow_action
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's events" on public.workflow_event
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's runs" on public.workflow_run
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's action logs" on public.workflow_action_logs
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's history" on public.workflow_history
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's approvals" on public.workflow_approval
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));


-- 90_security/grants.sql

-- The access matrix: who may do what. It begins by revoking everything, because the platform's default
-- privileges give every new object in public to everybody, and every new function to PUBLIC.
--
--                              anon   authenticated   service_role
--   workflow, workflow_action  -      select (own)    select, insert, update, delete
--   workflow_event             -      -               select
--   workflow_run, _history     -      select (own)    select
--   workflow_approval          -      select (own)    select
--   workflow_action_logs       -      select (own)    select; update of what reports
--   claim, report, emit, tick  -      -               execute
--   doctor                     -      -               execute
--   approve, reject            -      execute (own)   execute
--   timeline                   -      execute (own)   execute
--   signal, answer, decide,
--   read_approval, pause,
--   resume, stop, retry,
--   replay, bulk               -      -               execute
--   check, deploy, export,
--   versions, compare, restore -      -               execute
--   attach, detach, configure  -      -               -   (postgres alone: they change tables and Vault)
--   schema workflow_engine     -      -               -
do $$
declare
  v_object text;
begin
  for v_object in
    select format('%s %s', case when c.relkind = 'S' then 'sequence' else 'table' end, c.oid::regclass)
    from pg_catalog.pg_class c
    where (c.relnamespace = 'workflow_engine'::regnamespace and c.relkind in ('r', 'v', 'S'))
      or (c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and c.relname ~ '^workflow(_|$)')
  loop
    execute format('revoke all on %s from public, anon, authenticated, service_role', v_object);
  end loop;
  for v_object in
    select p.oid::regprocedure::text
    from pg_catalog.pg_proc p
    where p.pronamespace = 'workflow_engine'::regnamespace
      or (p.pronamespace = 'public'::regnamespace and p.proname ~ '^workflow_')
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', v_object);
  end loop;
end;
$$;

revoke all on schema workflow_engine from public, anon, authenticated, service_role;

-- Column defaults and constraints of the definitions' tables run as whoever writes them.
grant execute on function workflow_engine.clock() to service_role;

grant execute on function workflow_engine.new_id() to service_role;

grant execute on function workflow_engine.is_event_name(text) to service_role;

grant select on table public.workflow, public.workflow_action, public.workflow_run,
  public.workflow_action_logs, public.workflow_history, public.workflow_approval to authenticated;

grant select, insert, update, delete on table public.workflow, public.workflow_action to service_role;

grant select on table public.workflow_event, public.workflow_run, public.workflow_action_logs,
  public.workflow_history, public.workflow_approval to service_role;

grant update (status, output, error, meta) on table public.workflow_action_logs to service_role;

grant execute on function public.workflow_claim(text, integer, integer) to service_role;

grant execute on function public.workflow_report(text, jsonb, jsonb, integer, integer) to service_role;

grant execute on function public.workflow_emit(text, jsonb, text, text, text, text) to service_role;

grant execute on function public.workflow_action_log_cron() to service_role;

grant execute on function public.workflow_doctor() to service_role;

grant execute on function public.workflow_check(jsonb), public.workflow_deploy(jsonb),
  public.workflow_export(uuid, integer), public.workflow_versions(uuid),
  public.workflow_compare(uuid, integer, integer), public.workflow_restore(uuid, integer) to service_role;

grant execute on function public.workflow_approve(uuid, text, text), public.workflow_reject(uuid, text, text),
  public.workflow_timeline(uuid) to authenticated, service_role;

grant execute on function public.workflow_signal(uuid, text, jsonb, text), public.workflow_answer(uuid, integer, jsonb),
  public.workflow_read_approval(text), public.workflow_decide(text, text, text) to service_role;

grant execute on function public.workflow_pause(uuid, uuid, text, text, text),
  public.workflow_resume(uuid, uuid, text, text, text), public.workflow_stop(uuid, uuid, text, text, text, text),
  public.workflow_retry(uuid, text, text), public.workflow_replay(uuid, text, jsonb, text, text, text),
  public.workflow_bulk(text, jsonb, boolean, integer, text, text) to service_role;
