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
-- its index entries go to the rightmost page (6 against 3 microseconds a row).
-- No `set` clause: it would prevent inlining, and the SQL-standard body binds its names already.
create or replace function workflow_engine.new_id()
returns uuid
language sql
volatile
return encode(
  overlay(
    uuid_send(gen_random_uuid())
    placing int8send(
      trunc(extract(epoch from clock_timestamp()) * 1000)::bigint * 65536
      + 28672
      + extract(microseconds from clock_timestamp())::bigint % 1000 * 4096 / 1000
    )
    from 1 for 8
  ),
  'hex'
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


-- 00_foundation/settings.sql

-- What an operator may tune, one row. Read it with `select * from workflow_engine.settings`.
create table workflow_engine.settings (
  id boolean not null default true,
  lease_grace interval not null default '30 seconds',
  events_per_batch integer not null default 1000,
  batch_bytes integer not null default 4194304,
  output_bytes integer not null default 262144,
  costly_expression_bytes integer not null default 16384,
  waiting_timeout interval not null default '7 days',
  actions_per_worker integer not null default 500,
  max_workers integer not null default 4,
  allowed_hosts text[] not null default '{}',
  constraint settings_pkey primary key (id),
  constraint settings_has_one_row check (id),
  constraint lease_grace_is_positive check (lease_grace > interval '0'),
  constraint events_per_batch_is_positive check (events_per_batch > 0),
  constraint batch_bytes_is_positive check (batch_bytes > 0),
  constraint output_bytes_is_positive check (output_bytes > 0),
  constraint costly_expression_bytes_is_positive check (costly_expression_bytes > 0),
  constraint waiting_timeout_is_positive check (waiting_timeout > interval '0'),
  constraint actions_per_worker_is_positive check (actions_per_worker > 0),
  constraint max_workers_is_positive check (max_workers > 0)
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
  'The largest output in bytes that an action may report.';
comment on column workflow_engine.settings.costly_expression_bytes is
  'The largest data in bytes that an expression with two wildcards may look at.';
comment on column workflow_engine.settings.waiting_timeout is
  'How long an action waits for its answer when it names no timeout.';
comment on column workflow_engine.settings.actions_per_worker is
  'How many due actions justify one more worker when the tick rings.';
comment on column workflow_engine.settings.max_workers is
  'How many workers one tick wakes at most.';
comment on column workflow_engine.settings.allowed_hosts is
  'Hosts (host or host:port) that actions may call although they are private or speak plain http.';


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
  constraint workflow_trigger_is_an_event_name check (trigger ~ '^[^\s[:cntrl:]]([^[:cntrl:]]{0,253}[^\s[:cntrl:]])?$'),
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
  constraint action_version_pkey primary key (workflow_id, version, workflow_action_id),
  constraint action_version_belongs_to_a_workflow_version
    foreign key (workflow_id, version)
    references workflow_engine.workflow_version (workflow_id, version) on delete cascade
);

create index action_version_order_idx
  on workflow_engine.action_version (workflow_id, version, "order");

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

-- `$.record.name | default: 'you'` as {"path", "filters", "required", "takes_all"}. A single bar
-- separates, unless it stands in quotes; a double bar is the path's own "or".
create or replace function workflow_engine.compile_placeholder(placeholder text, field text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_parts text[] := array(
    select m[1]
    from regexp_matches(
      compile_placeholder.placeholder,
      '((?:[^|"'']|\|\||"(?:[^"\\]|\\.)*"|''(?:[^''\\]|\\.)*'')+)', 'g'
    ) m
  );
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
-- in order: the else is the rule without a condition, and the last.
create or replace function workflow_engine.read_rules(payload jsonb)
returns table (number bigint, condition text, targets text[])
language sql
immutable
set search_path = ''
as $$
  select r.number, r.rule ->> 'if', array(
    select jsonb_array_elements_text(case jsonb_typeof(r.rule -> 'then') when 'array' then r.rule -> 'then' else jsonb_build_array(r.rule -> 'then') end)
  )
  from jsonb_array_elements(
    case jsonb_typeof(read_rules.payload -> 'choices') when 'array' then read_rules.payload -> 'choices' else '[]' end
    || case when read_rules.payload ? 'else' then jsonb_build_array(jsonb_build_object('then', read_rules.payload -> 'else')) else '[]' end
  ) with ordinality r (rule, number);
$$;

comment on function workflow_engine.read_rules(jsonb) is
  'The rules of a choice in order, the else (without a condition) last.';

-- What each action of a workflow follows, by name: what it says itself, else the next lower order, and
-- in any case the choice that names it. Compensations stand outside of the graph.
create or replace function workflow_engine.read_edges(workflow_id uuid)
returns table (name text, depends_on text)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.*, exists (
      select from public.workflow_action c where c.workflow_id = a.workflow_id and c.compensate_with = a.name
    ) as is_compensation
    from public.workflow_action a
    where a.workflow_id = read_edges.workflow_id
  )
  select a.name, d.name
  from action a
  cross join lateral unnest(a.depends_on) d (name)
  union
  select a.name, b.name
  from action a
  join action b on not b.is_compensation and b."order" = (
    select max(c."order") from action c where c."order" < a."order" and not c.is_compensation
  )
  where a.depends_on is null and not a.is_compensation
  union
  select t.name, c.name
  from action c
  cross join lateral workflow_engine.read_rules(c.payload) r
  cross join lateral unnest(r.targets) t (name)
  where c.action_type = 'choice';
$$;

comment on function workflow_engine.read_edges(uuid) is
  'The edges of a workflow''s graph by name: each action and one that it follows.';

-- A way round in a workflow's graph, as a -> b -> a; null when it has none. Edges to what follows nothing
-- are taken away until none is left or each leads on: then any way along them comes back to itself. That
-- takes the square of the edges at worst; to look along every way would take their exponential.
create or replace function workflow_engine.find_cycle(workflow_id uuid)
returns text
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
  from workflow_engine.read_edges(find_cycle.workflow_id) e;
  loop
    v_count := cardinality(v_names);
    select array_agg(e.name order by e.number), array_agg(e.depends_on order by e.number)
    into v_names, v_followed
    from unnest(v_names, v_followed) with ordinality e (name, depends_on, number)
    where e.depends_on in (select unnest(v_names));
    if v_names is null then
      return null;
    end if;
    exit when cardinality(v_names) = v_count;
  end loop;
  v_next := v_names[1];
  while v_next <> all (coalesce(v_path, '{}')) loop
    v_path := v_path || v_next;
    v_next := v_followed[array_position(v_names, v_next)];
  end loop;
  return array_to_string(v_path[array_position(v_path, v_next):] || v_next, ' -> ');
end;
$$;

comment on function workflow_engine.find_cycle(uuid) is
  'A cycle of a workflow''s graph as a sentence of names, or null.';

-- What is wrong with how a workflow's actions undo each other. A compensation stands outside of the graph:
-- it follows nothing, and nothing undoes it.
create or replace function workflow_engine.find_compensation_faults(workflow_id uuid)
returns table (action text, field text, fault text)
language sql
stable
set search_path = ''
as $$
  with compensation as (
    select c.* from public.workflow_action c
    where c.workflow_id = find_compensation_faults.workflow_id and exists (
      select from public.workflow_action a where a.workflow_id = c.workflow_id and a.compensate_with = c.name
    )
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
  where c.action_type = 'choice';
$$;

comment on function workflow_engine.find_compensation_faults(uuid) is
  'What is wrong with the compensations of a workflow.';

-- What is wrong with a workflow's graph: the action, its field, and a sentence a row. Without an
-- action, the fault is the graph's.
create or replace function workflow_engine.find_graph_faults(workflow_id uuid)
returns table (action text, field text, fault text)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.* from public.workflow_action a where a.workflow_id = find_graph_faults.workflow_id
  ),
  reference as (
    select a.name, 'depends_on' as field, d.name as target from action a cross join lateral unnest(a.depends_on) d (name)
    union all
    select a.name, 'compensate_with', a.compensate_with from action a where a.compensate_with is not null
    union all
    select a.name, 'payload', t.name
    from action a
    cross join lateral workflow_engine.read_rules(a.payload) r
    cross join lateral unnest(r.targets) t (name)
    where a.action_type = 'choice'
  )
  select r.name, r.field, format('it names "%s", which this workflow does not have', coalesce(r.target, 'null'))
  from reference r
  where not exists (select from action a where a.name = r.target)
  union all
  select r.name, r.field, format('it follows "%s", which only undoes another action', r.target)
  from reference r
  where r.field <> 'compensate_with' and exists (select from action c where c.compensate_with = r.target)
  union all
  select a.name, 'join_count', format('it waits for %s of the actions it follows, but follows %s', a.join_count, e.count)
  from action a
  cross join lateral (
    select count(*) from workflow_engine.read_edges(find_graph_faults.workflow_id) e where e.name = a.name
  ) e
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
    and not exists (
      select from workflow_engine.read_edges(find_graph_faults.workflow_id) e where e.name = a.name
    )
  union all
  select f.* from workflow_engine.find_compensation_faults(find_graph_faults.workflow_id) f
  union all
  select null, 'actions', 'the actions wait for each other and are never reached: ' || c.path
  from workflow_engine.find_cycle(find_graph_faults.workflow_id) c (path)
  where c.path is not null;
$$;

comment on function workflow_engine.find_graph_faults(uuid) is
  'What is wrong with a workflow''s graph: unknown names, cycles, what can never be met or reached.';

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
  cross join lateral workflow_engine.find_graph_faults(w.id) f
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
    select e.name, b.id from workflow_engine.read_edges(resolve_graph.workflow_id) e join action b on b.name = e.depends_on
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
    reads_actions, is_costly
  )
  select
    a.workflow_id, compile_actions.version, a.id, a."order", a.name, a.action_type, g.depends_on, a.join_count, a.run_if,
    a.continue_on_failure, g.is_compensation, g.compensate_with, g.choices, a.condition::jsonpath,
    workflow_engine.path_root(a.condition::jsonpath), coalesce(workflow_engine.reads_part(a.condition::jsonpath, 'item'), false), a.for_each::jsonpath,
    a.max_concurrency, a.tolerated_failure_count, a.tolerated_failure_percentage, a.delay, a.timeout_seconds, a.max_retries,
    a.backoff_base, a.backoff_factor, a.backoff_cap, coalesce(a.priority, w.priority),
    c.compiled, h.holes, h.paths, h.path_roots, h.takes_all,
    array['event', 'mixed'] && (h.path_roots || workflow_engine.path_root(a.condition::jsonpath)),
    coalesce(p.reads_actions, false), coalesce(p.is_costly, false)
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

-- Every fault of a JSON template, each with its pointer: texts are compiled one by one.
create or replace function workflow_engine.find_template_faults(value jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select f.*
    from jsonb_each(case jsonb_typeof(find_template_faults.value) when 'object' then find_template_faults.value else '{}' end) e
    cross join lateral workflow_engine.find_template_faults(e.value, workflow_engine.extend_pointer(find_template_faults.base, e.key)) f;
  return query
    select f.*
    from jsonb_array_elements(case jsonb_typeof(find_template_faults.value) when 'array' then find_template_faults.value else '[]' end)
      with ordinality e (value, number)
    cross join lateral workflow_engine.find_template_faults(e.value, find_template_faults.base || '/' || (e.number - 1)) f;
  if jsonb_typeof(find_template_faults.value) = 'string' then
    perform workflow_engine.compile_text(find_template_faults.value #>> '{}', '', jsonb '[]');
  end if;
exception
  when sqlstate 'PT422' then
    return query select f.* from workflow_engine.place_fault(sqlerrm, find_template_faults.base) f;
end;
$$;

comment on function workflow_engine.find_template_faults(jsonb, text) is
  'Every fault of a JSON template with its JSON pointer.';

-- Every fault of the rules of a choice, each with its pointer.
create or replace function workflow_engine.find_choice_faults(payload jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_rule record;
begin
  for v_rule in select * from workflow_engine.read_rules(find_choice_faults.payload) loop
    begin
      perform workflow_engine.check_condition(v_rule.condition, '');
    exception
      when sqlstate 'PT422' then
        return query
          select f.*
          from workflow_engine.place_fault(sqlerrm, format('%s/choices/%s/if', find_choice_faults.base, v_rule.number - 1)) f;
    end;
  end loop;
end;
$$;

comment on function workflow_engine.find_choice_faults(jsonb, text) is
  'Every fault of the rules of a choice with its JSON pointer.';

-- Why a row cannot be written, or null: it is inserted and taken back. Of a part of its fields, what
-- several columns have to agree on cannot be asked.
create or replace function workflow_engine.try_insert(table_name regclass, fields jsonb, is_whole boolean)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_columns text := (select string_agg(quote_ident(k.name), ', ') from jsonb_object_keys(try_insert.fields) k (name));
  v_constraint text;
begin
  begin
    execute format('insert into %s (%s) select %s from jsonb_populate_record(null::%s, $1)',
      try_insert.table_name, v_columns, v_columns, try_insert.table_name) using try_insert.fields;
    raise exception using errcode = 'WF000';
  exception
    when sqlstate 'WF000' then
      return null;
    when others then
      get stacked diagnostics v_constraint = constraint_name;
      return case when try_insert.is_whole or not exists (
        select from pg_catalog.pg_constraint c
        where c.conrelid = try_insert.table_name and c.conname = v_constraint and cardinality(c.conkey) > 1
      ) then sqlerrm end;
  end;
end;
$$;

comment on function workflow_engine.try_insert(regclass, jsonb, boolean) is
  'Why a row with these fields cannot be written, or null; nothing stays written.';

-- Every fault of one row of a document: unknown and missing keys, each field by itself beside the
-- minimum that a row needs, and, when all of them are well, the row as a whole.
create or replace function workflow_engine.find_row_faults(table_name regclass, fields jsonb, minimum jsonb, base text)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
declare
  v_field record;
  v_fault text;
  v_is_well boolean := true;
begin
  for v_field in
    select e.key, e.value, workflow_engine.extend_pointer(find_row_faults.base, e.key) as pointer
    from jsonb_each(find_row_faults.fields) e
  loop
    if v_field.key in ('payload', 'headers') and jsonb_typeof(v_field.value) = 'object' then
      if find_row_faults.fields ->> 'action_type' = 'choice' and v_field.key = 'payload' then
        return query select f.* from workflow_engine.find_choice_faults(v_field.value, v_field.pointer) f;
      else
        return query select f.* from workflow_engine.find_template_faults(v_field.value, v_field.pointer) f;
      end if;
      v_is_well := v_is_well and not found;
    elsif exists (
      select from pg_catalog.pg_attribute a
      where a.attrelid = find_row_faults.table_name and a.attname = v_field.key and a.attnum > 0
        and a.attname not in ('id', 'organization_id', 'workflow_id', 'version', 'created_at', 'updated_at')
    ) then
      v_fault := workflow_engine.try_insert(
        find_row_faults.table_name, find_row_faults.minimum || jsonb_build_object(v_field.key, v_field.value), false
      );
      return query select v_field.pointer, f.fault from workflow_engine.place_fault(v_fault, '') f where v_fault is not null;
      v_is_well := v_is_well and v_fault is null;
    else
      return query select v_field.pointer, format('The key "%s" is not known', v_field.key);
      v_is_well := false;
    end if;
  end loop;
  return query
    select format('%s/%s', find_row_faults.base, k.name), format('The key "%s" is missing', k.name)
    from jsonb_object_keys(find_row_faults.minimum) k (name)
    where k.name in ('name', 'trigger', 'action_type') and not find_row_faults.fields ? k.name;
  if v_is_well and not found then
    v_fault := workflow_engine.try_insert(find_row_faults.table_name, find_row_faults.minimum || find_row_faults.fields, true);
    return query select f.* from workflow_engine.place_fault(v_fault, find_row_faults.base) f where v_fault is not null;
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

-- What is wrong with the graph that the actions of a document make in this workflow.
create or replace function workflow_engine.find_document_graph_faults(workflow_id uuid, actions jsonb)
returns table (pointer text, fault text)
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.write_actions(find_document_graph_faults.workflow_id, find_document_graph_faults.actions);
  return query
    select coalesce('/actions/' || (a.number - 1), '') || '/' || f.field, upper(left(f.fault, 1)) || substr(f.fault, 2)
    from workflow_engine.find_graph_faults(find_document_graph_faults.workflow_id) f
    left join jsonb_array_elements(find_document_graph_faults.actions) with ordinality a (fields, number)
      on coalesce(a.fields ->> 'name', a.fields ->> 'action_type') = f.action;
end;
$$;

comment on function workflow_engine.find_document_graph_faults(uuid, jsonb) is
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
    if v_faults = '[]' then
      select coalesce(jsonb_agg(to_jsonb(f)), '[]') into v_faults
      from workflow_engine.find_document_graph_faults(v_workflow, v_actions) f;
    end if;
    raise exception using errcode = 'WF000';
  exception
    when sqlstate 'WF000' then
      return v_faults;
  end;
end;
$$;

comment on function workflow_engine.find_definition_faults(jsonb) is
  'Everything that is wrong with a definition document, as [{"pointer", "fault"}].';

-- What is allowed but probably not meant, as [{"pointer", "warning"}].
create or replace function workflow_engine.find_definition_warnings(definition jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'pointer', format('/actions/%s/payload', a.number - 1),
    'warning', 'A choice without an else: when no rule holds, none of its branches is taken'
  )), '[]')
  from jsonb_array_elements(
    case jsonb_typeof(find_definition_warnings.definition -> 'actions') when 'array' then find_definition_warnings.definition -> 'actions' else '[]' end
  ) with ordinality a (fields, number)
  where a.fields ->> 'action_type' = 'choice' and not a.fields -> 'payload' ? 'else';
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

-- A workflow whose runs are unfinished cannot be deleted: they need its versions.
create or replace function workflow_engine.keep_unfinished()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
    select from public.workflow_run r
    where r.workflow_id = old.id and r.completed_at is null
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
  idempotency_key text,
  occurred_at timestamptz not null default workflow_engine.clock(),
  expanded_at timestamptz,
  error text,
  constraint workflow_event_pkey primary key (id),
  constraint event_payload_is_an_object check (jsonb_typeof(payload) = 'object'),
  constraint event_source_is_known check (source in ('table', 'emit')),
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
comment on column public.workflow_event.expanded_at is 'When it was matched with definitions.';
comment on column public.workflow_event.error is 'Why it could not be matched, where that failed.';


-- 20_runs/workflow_run.sql

-- One execution of a definition: begun by an event, carried by the version that was current then.
-- Its life: running → completed when all its actions have ended well, failed when one has not, after
-- what had completed was compensated.
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
  is_compensating boolean not null default false,
  starts_at timestamptz not null,
  created_at timestamptz not null default workflow_engine.clock(),
  completed_at timestamptz,
  constraint workflow_run_pkey primary key (id),
  constraint an_event_starts_a_workflow_once unique (event_id, workflow_id),
  constraint run_status_is_known
    check (status in ('running', 'paused', 'completed', 'failed', 'stopped')),
  constraint run_has_ended_when_it_says_so
    check ((completed_at is not null) = (status in ('completed', 'failed', 'stopped')))
);

-- "Which runs does this workflow have?"
create index workflow_run_workflow_idx on public.workflow_run (workflow_id, workflow_version);

-- "Which runs are about this record?"
create index workflow_run_related_idx on public.workflow_run (related_table, related_table_pkey);

comment on table public.workflow_run is 'One execution of a workflow.';
comment on column public.workflow_run.workflow_version is
  'The version of the definition it executes to its end.';
comment on column public.workflow_run.starts_at is
  'When its first actions become ready, from the workflow''s phase, interval and relative_to.';
comment on column public.workflow_run.is_compensating is
  'Whether it has failed and its compensations are running or have run.';
comment on column public.workflow_run.parent_run_id is 'The run whose action started it, if any.';


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
  where status = 'not_started';

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
comment on column public.workflow_action_logs.item is 'Its item in a fan-out, $.item.';
comment on column public.workflow_action_logs.item_index is 'The position of its item in a fan-out.';


-- 20_runs/workflow_history.sql

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
  ('not_started', 'waiting', 'its items were created'),
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
  ('waiting', 'not_started', 'an answer that asks for a retry'),
  ('failed', 'not_started', 'retry of a failure that an application wrote, or by a person'),
  ('stopped', 'not_started', 'retry by a person');

comment on table workflow_engine.action_log_transition is
  'The allowed transitions of an action log, and what causes each.';


-- 20_runs/fan_out.sql

-- The state of an action that runs once for each item of an array: how far its items have come. One row
-- is locked for each batch of results, never the run's.
create table workflow_engine.fan_out (
  run_id uuid not null,
  workflow_action_id uuid not null,
  total integer not null,
  released integer not null,
  unfinished integer not null,
  failed integer not null default 0,
  tolerated integer not null,
  constraint fan_out_pkey primary key (run_id, workflow_action_id),
  constraint fan_out_belongs_to_a_run
    foreign key (run_id) references public.workflow_run (id) on delete cascade,
  constraint released_is_part_of_total check (released between 0 and total),
  constraint unfinished_is_part_of_total check (unfinished between 0 and total),
  constraint failed_is_part_of_total check (failed between 0 and total)
);

comment on table workflow_engine.fan_out is
  'How far the items of a fan-out have come.';
comment on column workflow_engine.fan_out.released is
  'How many items, in order, may run; the rest waits for those, so that max_concurrency holds.';
comment on column workflow_engine.fan_out.tolerated is 'How many items may fail before the action does.';


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
-- datetime() is silent where a cast would raise; it does not know the suffix Z, which JavaScript writes.
create or replace function workflow_engine.to_instant(value jsonb, timezone text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_value jsonb := to_jsonb(regexp_replace(to_instant.value #>> '{}', 'Z$', '+00:00'));
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

-- Matches events with definitions: a run for each pair whose condition holds. An event of an
-- organization reaches that organization's workflows and the platform's own; one without reaches only
-- the platform's. A run belongs to its event's organization.
create or replace function workflow_engine.start_runs(event_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_max_bytes integer := (select s.costly_expression_bytes from workflow_engine.settings s);
  v_runs uuid[];
begin
  with matched as (
    select e.id, e.organization_id, e.related_table, e.related_table_pkey, v.workflow_id, v.version,
      workflow_engine.plan_start(v, r.root, e.occurred_at, v_now) as starts_at,
      workflow_engine.holds(v.condition, v.condition_is_costly, r.root, v_max_bytes) as holds
    from public.workflow_event e
    join public.workflow w
      on w.trigger = e.name and w.is_active
      and (w.organization_id is null or w.organization_id = e.organization_id)
    join workflow_engine.workflow_version v on v.workflow_id = w.id and v.version = w.version
    cross join lateral (
      select jsonb_build_object('event', e.payload, 'record', e.payload -> 'record', 'vars', v.vars, 'now', v_now) as root
    ) r
    where e.id = any (start_runs.event_ids)
  ),
  refused as (
    insert into public.workflow_history (organization_id, workflow_id, kind, error, detail)
    select m.organization_id, m.workflow_id, 'event_failed',
      format('The condition has two wildcards and its data more than %s bytes', v_max_bytes),
      jsonb_build_object('event_id', m.id)
    from matched m
    where m.holds is null
  ),
  started as (
    insert into public.workflow_run (
      organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, starts_at
    )
    select m.organization_id, m.workflow_id, m.version, m.id, m.related_table, m.related_table_pkey, m.starts_at
    from matched m
    where m.holds and m.starts_at is not null
    on conflict on constraint an_event_starts_a_workflow_once do nothing
    returning id
  )
  select coalesce(array_agg(s.id), '{}') into v_runs from started s;
  update public.workflow_event e
  set expanded_at = v_now
  where e.id = any (start_runs.event_ids);
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
begin
  if jsonb_typeof(workflow_emit.payload) is distinct from 'object' or workflow_emit.event is null then
    perform workflow_engine.raise_error(
      'PT422', 'event.invalid',
      format('Cannot emit event "%s": its payload is a JSON %s, not an object', workflow_emit.event,
        coalesce(jsonb_typeof(workflow_emit.payload), 'null')),
      'Pass an event name such as order.paid and a JSON object.'
    );
  end if;
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
    perform workflow_engine.start_runs(array[v_event]);
  else
    select e.id into v_event
    from public.workflow_event e
    where e.idempotency_key = workflow_emit.idempotency_key
      and e.name = workflow_emit.event
      and e.organization_id is not distinct from workflow_emit.organization_id;
  end if;
  return jsonb_build_object('event_id', v_event, 'runs', (
    select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'workflow_id', r.workflow_id, 'status', r.status) order by r.id), '[]')
    from public.workflow_run r
    where r.event_id = v_event
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
-- (start), the items (fan_out), the rule it takes (choose), the values of a condition (skip).
create type workflow_engine.candidate as (
  id uuid,
  verdict text,
  reason text,
  data jsonb
);

comment on type workflow_engine.candidate is
  'A due action log: its verdict (start, fan_out, choose, skip, fail, postpone), the reason, and the data that go with it.';

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

-- What a condition looked at and what it came to, so that one sees later why it decided as it did.
create or replace function workflow_engine.explain_condition(condition jsonpath, root jsonb, result boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'expression', explain_condition.condition::text,
    'result', explain_condition.result,
    'values', coalesce(jsonb_object_agg(p.path, left(jsonb_path_query_first_tz(explain_condition.root, p.path::jsonpath, '{}', true)::text, 200)), '{}')
  )
  from (
    select distinct m[1] as path
    from regexp_matches(explain_condition.condition::text, '(\$(?:\."[^"]*"|\[[0-9]+\])+)', 'g') m
  ) p;
$$;

comment on function workflow_engine.explain_condition(jsonpath, jsonb, boolean) is
  'A condition with its result and the values it saw, as {"expression", "result", "values"}.';

-- The first rule of a choice that holds; without one, the names are null.
create or replace function workflow_engine.make_choice(choices jsonb, root jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce((
    select jsonb_build_object(
      'rule', r.number - 1,
      'chosen', r.rule -> 'names',
      'because', case when r.rule ->> 'condition' is null then null
        else workflow_engine.explain_condition((r.rule ->> 'condition')::jsonpath, make_choice.root, true) end
    )
    from jsonb_array_elements(make_choice.choices) with ordinality r (rule, number)
    where r.rule ->> 'condition' is null
      or jsonb_path_match_tz(make_choice.root, (r.rule ->> 'condition')::jsonpath, '{}', true)
    order by r.number
    limit 1
  ), '{"rule": null, "chosen": [], "because": null}');
$$;

comment on function workflow_engine.make_choice(jsonb, jsonb) is
  'The first rule of a choice that holds, as {"rule", "chosen": [name], "because"}.';

-- Whether an action's condition stands in the way of this log. That of a fan-out is asked once, unless
-- it reads the item: then each item is asked.
create or replace function workflow_engine.is_ruled_out(
  action workflow_engine.action_version,
  item_index integer,
  event jsonb,
  record jsonb,
  actions jsonb,
  rest jsonb
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  if (is_ruled_out.action).condition is null
    or ((is_ruled_out.action).for_each is not null
      and (is_ruled_out.item_index is not null) <> (is_ruled_out.action).condition_reads_item)
  then
    return false;
  end if;
  return not coalesce(jsonb_path_match_tz(
    workflow_engine.pick_root(
      (is_ruled_out.action).condition_root, is_ruled_out.event, is_ruled_out.record, is_ruled_out.actions, is_ruled_out.rest
    ),
    (is_ruled_out.action).condition, '{}', true
  ), false);
end;
$$;

comment on function workflow_engine.is_ruled_out(workflow_engine.action_version, integer, jsonb, jsonb, jsonb, jsonb) is
  'Whether a condition keeps a due action log from running.';

-- What becomes of the log of a fan-out before it has items: these, or a clear failure.
create or replace function workflow_engine.open_fan_out(id uuid, path jsonpath, root jsonb)
returns workflow_engine.candidate
language plpgsql
stable
set search_path = ''
as $$
declare
  v_items jsonb := workflow_engine.find_items(open_fan_out.path, open_fan_out.root);
begin
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
  'What becomes of the log of a fan-out: its items, or a failure when it has no array.';

-- What becomes of one due action log.
create or replace function workflow_engine.decide_candidate(
  id uuid,
  action workflow_engine.action_version,
  item_index integer,
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
begin
  if (decide_candidate.action).is_costly and pg_column_size(decide_candidate.event) + pg_column_size(decide_candidate.record)
    + pg_column_size(decide_candidate.actions) + pg_column_size(decide_candidate.rest) > decide_candidate.max_bytes
  then
    return row(decide_candidate.id, text 'fail', text 'An expression has two wildcards and its data is too large for that', null::jsonb);
  end if;
  if workflow_engine.is_ruled_out(decide_candidate.action, decide_candidate.item_index,
    decide_candidate.event, decide_candidate.record, decide_candidate.actions, decide_candidate.rest)
  then
    return row(decide_candidate.id, text 'skip', text 'condition', workflow_engine.explain_condition(
      (decide_candidate.action).condition,
      decide_candidate.rest || decide_candidate.event || decide_candidate.record || decide_candidate.actions, false
    ));
  end if;
  if (decide_candidate.action).choices is not null then
    return row(decide_candidate.id, text 'choose', null::text, workflow_engine.make_choice((decide_candidate.action).choices,
      decide_candidate.rest || decide_candidate.event || decide_candidate.record || decide_candidate.actions));
  end if;
  if (decide_candidate.action).for_each is not null and decide_candidate.item_index is null then
    return workflow_engine.open_fan_out(decide_candidate.id, (decide_candidate.action).for_each,
      decide_candidate.rest || decide_candidate.event || decide_candidate.record || decide_candidate.actions);
  end if;
  return row(decide_candidate.id, text 'start', null::text, workflow_engine.fill_holes(decide_candidate.action,
    decide_candidate.event, decide_candidate.record, decide_candidate.actions, decide_candidate.rest));
end;
$$;

comment on function workflow_engine.decide_candidate(uuid, workflow_engine.action_version, integer, jsonb, jsonb, jsonb, jsonb, integer) is
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

-- A batch of due action logs with their compiled actions, in the batch's order.
create or replace function workflow_engine.read_due(log_ids uuid[])
returns table (ordinality bigint, id uuid, run_id uuid, item_index integer, item jsonb, action workflow_engine.action_version)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
  return query
    select d.ordinality, l.id, l.run_id, l.item_index, l.item, a
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
returns table (run_id uuid, event jsonb, record jsonb, actions jsonb, rest jsonb, is_unreadable boolean)
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
      r.related_table in (select u.related_table from current_row u where u.related_table_pkey is null)
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
begin
  return (
    select coalesce(array_agg(
      case
        when r.is_unreadable then row(d.id, text 'postpone', null::text, null::jsonb)::workflow_engine.candidate
        else workflow_engine.decide_candidate(
          d.id, d.action, d.item_index, r.event, r.record, r.actions, r.rest || jsonb_build_object('item', d.item),
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
  return workflow_engine.prepare_claims(decide_claims.log_ids, decide_claims.at_time);
exception
  when data_exception or program_limit_exceeded then
    foreach v_log in array decide_claims.log_ids loop
      begin
        v_candidates := v_candidates || workflow_engine.prepare_claims(array[v_log], decide_claims.at_time);
      exception
        when data_exception or program_limit_exceeded then
          v_candidates := v_candidates
            || row(v_log, 'fail', 'Its data cannot be evaluated: ' || sqlerrm, null)::workflow_engine.candidate;
      end;
    end loop;
    return v_candidates;
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
      where l.status = 'not_started'
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
          where l.status = 'not_started'
            and l.priority = p.priority::smallint
            and l.execute_at <= has_work.at_time
          order by l.execute_at
          limit 1
        ) l
      )
  );
end;
$$;

comment on function workflow_engine.has_work(timestamptz) is
  'Whether an event waits to be matched or an action is due.';

-- When the next action is due, or null when none is planned. A past time means that it is due now.
create or replace function workflow_engine.next_due()
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select min(l.execute_at)
    from generate_series(0, 9) p (priority)
    cross join lateral (
      select l.execute_at
      from public.workflow_action_logs l
      where l.status = 'not_started' and l.priority = p.priority::smallint and l.execute_at < 'infinity'
      order by l.execute_at
      limit 1
    ) l
  );
end;
$$;

comment on function workflow_engine.next_due() is 'When the next action is due, or null.';

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
    insert into workflow_engine.fan_out (run_id, workflow_action_id, total, released, unfinished, tolerated)
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

-- Carries out every verdict but "start". A postponed log is looked at again after five seconds.
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
      when v.status = 'waiting' then 'infinity'
      else l.execute_at
    end,
    meta = case when c.verdict = 'skip' then l.meta || jsonb_build_object('condition', c.data) else l.meta end,
    output = case when v.status = 'completed' then c.data end,
    reason = case when v.status = 'skipped' then c.reason end,
    error = case when v.status = 'failed' then c.reason else l.error end
  from unnest(settle_candidates.candidates) c
  cross join lateral (
    select case
      when c.verdict = 'skip' then 'skipped'
      when c.verdict = 'fail' then 'failed'
      when c.verdict = 'choose' or c.data = '[]' then 'completed'
      when c.verdict = 'fan_out' then 'waiting'
      else 'not_started'
    end as status
  ) v
  where l.id = c.id and c.verdict <> 'start';
  perform workflow_engine.insert_items(settle_candidates.candidates, settle_candidates.at_time);
end;
$$;

comment on function workflow_engine.settle_candidates(workflow_engine.candidate[], timestamptz) is
  'Skips, fails, postpones, decides or fans out the due action logs that do not start.';

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
      started_at = start_attempts.at_time,
      worker_id = start_attempts.worker_id,
      http_status = null,
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
        'values', t.data, 'meta', t.meta, 'idempotency_key', t.id,
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

-- One look: matches new events, takes what is due, starts it. Lock order: logs by urgency with skip
-- locked, then (for what is skipped) runs by id.
create or replace function workflow_engine.claim_batch(worker_id text, max_actions integer)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_candidates workflow_engine.candidate[];
begin
  perform workflow_engine.expand_events();
  v_candidates := workflow_engine.decide_claims(workflow_engine.lock_due(claim_batch.max_actions, v_now), v_now);
  if exists (select from unnest(v_candidates) c where c.verdict <> 'start') then
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
      where l.status = 'not_started'
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
  perform workflow_engine.attach_partitions();
  v_events := workflow_engine.expand_events();
  perform workflow_engine.recover_expired_leases(v_now);
  perform workflow_engine.retry_failed(v_now);
  perform workflow_engine.fail_overdue_answers(v_now);
  v_due := workflow_engine.ring_for_due(v_now);
  perform workflow_engine.set_pace(v_due);
  delete from workflow_engine.wake_request;
  if extract(minute from v_now) = 0 then
    perform workflow_engine.trim_cron_history();
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
    where b.workflow_id = (is_unneeded.action).workflow_id
      and b.version = (is_unneeded.action).version
      and (is_unneeded.action).workflow_action_id = any (b.depends_on)
  );
end;
$$;

comment on function workflow_engine.is_unneeded(uuid, workflow_engine.action_version) is
  'Whether nothing in the run waits for this action any more, because a join had enough without it.';

-- The actions of running runs that have no log yet, with what has become of those they follow, and
-- whether anybody still waits for them: when a join has enough, what only led to it is unneeded.
-- `rows 1` and the lateral look-ups with a limit, here and below, make a plan that was made while the
-- tables were small look rows up by their whole key, and still do so when they have grown.
create or replace function workflow_engine.read_pending(run_ids uuid[])
returns table (
  run_id uuid, workflow_action_id uuid, run_if text, join_count integer, total bigint,
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
      r.id, a.workflow_action_id, a.run_if, a.join_count,
      d.total, d.ended, d.passed, d.broken, d.failed, d.is_passed_over, u.is_unneeded
    from unnest(read_pending.run_ids) i (id)
    cross join lateral (select * from public.workflow_run r where r.id = i.id limit 1) r
    join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    left join lateral (
      select true as is_there
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
      and own.is_there is null;
end;
$$;

comment on function workflow_engine.read_pending(uuid[]) is
  'The actions of running runs that have no log yet, with what has become of those they follow.';

-- Which pending actions start, and which are skipped, and why; those that must still wait are left out.
create or replace function workflow_engine.decide_pending(run_ids uuid[])
returns table (run_id uuid, workflow_action_id uuid, reason text, is_first boolean)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
    select p.run_id, p.workflow_action_id, v.reason, p.total = 0
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
  'Which pending actions of these runs start (reason "start") or are skipped, with the reason.';

-- Creates the logs of what is decided. Returns whether that decides more (what follows a skipped action,
-- what leads to a join that had enough), and when the first of the others is due.
create or replace function workflow_engine.insert_decided(
  run_ids uuid[],
  at_time timestamptz,
  out decides_more boolean,
  out first_due timestamptz
)
language sql
set search_path = ''
as $$
  with decided as materialized (
    select d.run_id, d.reason, case when d.is_first then r.starts_at else insert_decided.at_time end + a.delay as due_at,
      r as run, a as action
    from workflow_engine.decide_pending(insert_decided.run_ids) d
    join public.workflow_run r on r.id = d.run_id
    join workflow_engine.action_version a
      on a.workflow_id = r.workflow_id and a.version = r.workflow_version
      and a.workflow_action_id = d.workflow_action_id
  ),
  inserted as (
    insert into public.workflow_action_logs (
      organization_id, run_id, workflow_id, workflow_version, workflow_action_id, priority, related_table,
      related_table_pkey, execute_at, status, completed_at, reason
    )
    select
      (d.run).organization_id, d.run_id, (d.run).workflow_id, (d.run).workflow_version, (d.action).workflow_action_id,
      (d.action).priority, (d.run).related_table, (d.run).related_table_pkey, d.due_at,
      case d.reason when 'start' then 'not_started' else 'skipped' end,
      case when d.reason <> 'start' then insert_decided.at_time end,
      nullif(d.reason, 'start')
    from decided d
  )
  select
    coalesce(bool_or(d.reason <> 'start' or (d.action).join_count is not null), false),
    min(d.due_at) filter (where d.reason = 'start')
  from decided d;
$$;

comment on function workflow_engine.insert_decided(uuid[], timestamptz) is
  'Creates the action logs of what is decided; returns whether that decides more, and when the first is due.';

-- Stops what is still unfinished although a join had enough without it.
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
    select l.id, l.status
    from public.workflow_action_logs l
    where l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
    limit 1
  ) l
  where r.status = 'running'
    and l.status in ('not_started', 'processing', 'waiting')
    and workflow_engine.is_unneeded(r.id, a);
  if v_logs is not null then
    update public.workflow_action_logs l
    set status = 'stopped', reason = 'not_needed', lease_expires_at = null,
      completed_at = greatest(stop_unneeded.at_time, l.started_at)
    where l.id = any (v_logs);
  end if;
end;
$$;

comment on function workflow_engine.stop_unneeded(uuid[], timestamptz) is
  'Stops the unfinished actions that a join no longer needs.';

-- Where these running runs stand.
create or replace function workflow_engine.read_progress(run_ids uuid[])
returns table (run_id uuid, is_unfinished boolean, has_failed boolean, has_stopped boolean)
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
      coalesce(bool_or(l.status = 'stopped' and l.reason is null and not a.is_compensation), false)
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
    group by r.id;
end;
$$;

comment on function workflow_engine.read_progress(uuid[]) is
  'Where these running runs stand.';

-- Ends the runs that have nothing left, or, where one has failed, begins its next compensation: of what
-- completed, in reverse, one after another. Returns when the first compensation is due.
create or replace function workflow_engine.finish_runs(run_ids uuid[], at_time timestamptz)
returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_failed uuid[] := array(
    select p.run_id
    from workflow_engine.read_progress(finish_runs.run_ids) p
    where not p.is_unfinished and p.has_failed
  );
  v_first_due timestamptz;
begin
  if v_failed <> '{}' then
    v_first_due := workflow_engine.insert_compensations(v_failed, finish_runs.at_time);
  end if;
  update public.workflow_run r
  set
    status = case when p.has_failed then 'failed' when p.has_stopped then 'stopped' else 'completed' end,
    completed_at = finish_runs.at_time
  from workflow_engine.read_progress(finish_runs.run_ids) p
  where r.id = p.run_id and not p.is_unfinished;
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
  v_decided record;
  v_first_due timestamptz;
begin
  perform from public.workflow_run r
  where r.id = any (advance_runs.run_ids)
  order by r.id
  for update;
  loop
    select * into v_decided from workflow_engine.insert_decided(advance_runs.run_ids, v_now);
    v_first_due := least(v_first_due, v_decided.first_due);
    exit when not v_decided.decides_more;
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

-- How many items of a fan-out ended in one statement.
create type workflow_engine.item_count as (
  run_id uuid,
  workflow_action_id uuid,
  finished bigint,
  failed bigint
);

comment on type workflow_engine.item_count is
  'How many items of a fan-out ended in one statement, and how many of them failed.';

-- Takes the ended items off their fan-outs and lets as many others run. One row a fan-out is locked
-- for each batch of results, in key order; the run's is not.
create or replace function workflow_engine.count_items(counts workflow_engine.item_count[])
returns setof workflow_engine.fan_out
language plpgsql
set search_path = ''
as $$
begin
  perform from workflow_engine.fan_out f
  where (f.run_id, f.workflow_action_id) in (select c.run_id, c.workflow_action_id from unnest(count_items.counts) c)
  order by f.run_id, f.workflow_action_id
  for update;
  return query
    update workflow_engine.fan_out f
    set
      unfinished = f.unfinished - c.finished,
      failed = f.failed + c.failed,
      released = least(f.total, f.released + c.finished)
    from unnest(count_items.counts) c
    where f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
    returning f.*;
end;
$$;

comment on function workflow_engine.count_items(workflow_engine.item_count[]) is
  'Counts ended items off their fan-outs and returns those.';

-- Lets the next items of a fan-out run, as many as have ended. Does not name their status: that would
-- let Postgres read all that is pending instead of these by their index.
create or replace function workflow_engine.release_items(counts workflow_engine.item_count[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set execute_at = release_items.at_time
  from unnest(release_items.counts) c
  join workflow_engine.fan_out f on f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
  cross join lateral generate_series(f.released - c.finished, f.released - 1) i (index)
  where l.run_id = c.run_id and l.workflow_action_id = c.workflow_action_id
    and l.item_index = i.index
    and l.completed_at is null and not isfinite(l.execute_at);
end;
$$;

comment on function workflow_engine.release_items(workflow_engine.item_count[], timestamptz) is
  'Lets as many further items of fan-outs run as have ended.';

-- The outputs of a fan-out's items, in their order; null for an item that failed and was tolerated.
create or replace function workflow_engine.gather_outputs(run_id uuid, workflow_action_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(to_jsonb(array_agg(coalesce(l.output, 'null') order by l.item_index)), '[]')
    from public.workflow_action_logs l
    where l.run_id = gather_outputs.run_id
      and l.workflow_action_id = gather_outputs.workflow_action_id
      and l.item_index is not null
  );
end;
$$;

comment on function workflow_engine.gather_outputs(uuid, uuid) is
  'The outputs of a fan-out''s items as an array in item order.';

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
begin
  select array_agg(f) into v_ended
  from workflow_engine.count_items(settle_items.counts) f
  where f.unfinished = 0 or f.failed > f.tolerated;
  perform workflow_engine.release_items(settle_items.counts, v_now);
  update public.workflow_action_logs l
  set
    status = case when f.failed > f.tolerated then 'failed' else 'completed' end,
    final = f.failed > f.tolerated,
    output = case when f.failed <= f.tolerated then workflow_engine.gather_outputs(f.run_id, f.workflow_action_id) end,
    error = case when f.failed > f.tolerated then format('%s of %s items failed', f.failed, f.total) end,
    completed_at = greatest(v_now, l.started_at)
  from unnest(v_ended) f
  where l.run_id = f.run_id and l.workflow_action_id = f.workflow_action_id
    and l.item_index is null and l.status = 'waiting';
  perform workflow_engine.request_wake();
end;
$$;

comment on function workflow_engine.settle_items(workflow_engine.item_count[]) is
  'Moves fan-outs on by the items that ended.';

-- Stops the unfinished items of fan-outs that have failed or were stopped.
create or replace function workflow_engine.stop_items(run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set status = 'stopped', reason = 'not_needed', lease_expires_at = null,
    completed_at = greatest(workflow_engine.clock(), l.started_at)
  from unnest(stop_items.run_ids) i (id)
  cross join lateral (select * from workflow_engine.fan_out f where f.run_id = i.id offset 0) f
  join public.workflow_action_logs p
    on p.run_id = f.run_id and p.workflow_action_id = f.workflow_action_id and p.item_index is null
  where f.unfinished > 0
    and p.status in ('failed', 'stopped')
    and l.run_id = f.run_id and l.workflow_action_id = f.workflow_action_id
    and l.item_index is not null
    and l.status in ('not_started', 'processing', 'waiting');
end;
$$;

comment on function workflow_engine.stop_items(uuid[]) is
  'Stops the unfinished items of fan-outs that have ended.';


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

-- Then records failed attempts, and moves fan-outs on by their items, and runs by their actions.
create or replace function workflow_engine.follow_transitions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_runs uuid[];
  v_items workflow_engine.item_count[];
begin
  with changed as materialized (
    select n, o.status as from_status, o.tries as tries_before, o.started_at
    from old_logs o
    full join new_logs n on n.id = o.id
  )
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, kind, attempt, started_at, error, detail
  )
  select (c.n).organization_id, (c.n).workflow_id, (c.n).run_id, (c.n).id, 'attempt_failed', (c.n).attempt, c.started_at, (c.n).error,
    jsonb_strip_nulls(jsonb_build_object('worker_id', (c.n).worker_id, 'http_status', (c.n).http_status))
  from changed c
  where c.from_status in ('processing', 'waiting')
    and ((c.n).status = 'failed' or ((c.n).status = 'not_started' and (c.n).tries > c.tries_before));
  with changed as materialized (
    select n.run_id, n.workflow_action_id, n.status, n.item_index is not null as is_item,
      workflow_engine.is_unfinished(o.status, o.final) and not workflow_engine.is_unfinished(n.status, n.final) as has_ended
    from old_logs o
    full join new_logs n on n.id = o.id
  ),
  ended as (
    select c.run_id, c.workflow_action_id, c.is_item,
      count(*) as finished, count(*) filter (where c.status = 'failed') as failed
    from changed c
    where c.has_ended
    group by c.run_id, c.workflow_action_id, c.is_item
  )
  select
    array_agg(row(e.run_id, e.workflow_action_id, e.finished, e.failed)::workflow_engine.item_count) filter (where e.is_item),
    array_agg(distinct e.run_id) filter (where not e.is_item)
  into v_items, v_runs
  from ended e;
  if v_items is not null then
    perform workflow_engine.settle_items(v_items);
  end if;
  if v_runs is not null then
    perform workflow_engine.stop_items(v_runs);
    perform workflow_engine.advance_runs(v_runs);
  end if;
  return null;
end;
$$;

comment on function workflow_engine.follow_transitions() is
  'Security definer because an application that reports by writing a status may not reach workflow_engine. After action logs changed: records failed attempts, moves fan-outs and runs on.';

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

-- What each result makes of its action log, for those whose attempt is still the current one.
create or replace function workflow_engine.read_results(results jsonb, at_time timestamptz)
returns table (
  id uuid, status text, final boolean, tries integer, execute_at timestamptz, output jsonb, error text, http_status integer
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
        when s.next = 'waiting' then read_results.at_time + coalesce(workflow_engine.wait_of(r.timeout_ms), g.waiting_timeout)
        when s.next = 'not_started' then read_results.at_time
        else l.execute_at
      end,
      case when s.next = 'completed' then r.output end,
      case
        when i.is_too_large then format('The output has more than %s bytes', g.output_bytes)
        when r.status = 'failed' then coalesce(r.error, 'No reason given')
        when s.next <> 'completed' then l.error
      end,
      r.http_status
    from (
      select e.value -> 'output' as output, t.*
      from jsonb_array_elements(read_results.results) e
      cross join lateral jsonb_to_record(e.value) t (
        id uuid, attempt integer, status text, error text, final boolean,
        retry_after_ms double precision, timeout_ms double precision, http_status integer
      )
    ) r
    join public.workflow_action_logs l on l.id = r.id and l.attempt = r.attempt and l.status = 'processing'
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    join workflow_engine.settings g on g.id
    cross join lateral (
      select
        r.status = 'failed' and r.final is not true and l.tries < a.max_retries as is_retry,
        r.status = 'completed' and pg_column_size(r.output) > g.output_bytes as is_too_large
    ) i
    cross join lateral (
      select i.is_retry, case
        when i.is_retry or r.status = 'released' then 'not_started'
        when i.is_too_large then 'failed'
        else r.status
      end as next
    ) s;
end;
$$;

comment on function workflow_engine.read_results(jsonb, timestamptz) is
  'What the results of current attempts make of their action logs.';

-- Writes results, each exactly once: a result whose attempt is no longer the current one matches nothing.
create or replace function workflow_engine.write_results(results jsonb, at_time timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_accepted integer;
begin
  update public.workflow_action_logs l
  set
    status = r.status,
    final = r.final,
    tries = r.tries,
    execute_at = r.execute_at,
    output = r.output,
    error = r.error,
    http_status = r.http_status,
    lease_expires_at = null,
    completed_at = case when r.status in ('completed', 'failed') then greatest(write_results.at_time, l.started_at) end
  from workflow_engine.read_results(write_results.results, write_results.at_time) r
  where l.id = r.id;
  get diagnostics v_accepted = row_count;
  return v_accepted;
end;
$$;

comment on function workflow_engine.write_results(jsonb, timestamptz) is
  'Writes the results of current attempts; returns how many there were.';

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
  v_accepted integer := 0;
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
    v_accepted := workflow_engine.write_results(workflow_report.results, workflow_engine.clock());
  end if;
  if workflow_report.running <> '[]' then
    perform workflow_engine.extend_leases(workflow_report.running);
  end if;
  return workflow_engine.claim_or_wait(workflow_report.worker_id, workflow_report.max_actions, v_wait_ms)
    || v_outdated || jsonb_build_object('accepted', v_accepted);
end;
$$;

comment on function public.workflow_report(text, jsonb, jsonb, integer, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Reports results [{"id", "attempt", "status", "output" | "error", …}], extends the leases of running [{"id", "attempt"}], and claims more (waiting up to wait_ms only when there is nothing to report); returns {"accepted", "stale", "stopped", "actions", "claims", "next_due_ms"}. Raises PT400 for a report that cannot be read.';


-- 50_completion/recover.sql

-- Attempts whose lease ran out go back to be claimed again, at once; without tries left they fail.
create or replace function workflow_engine.recover_expired_leases(at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  with expired as materialized (
    select l.id, l.workflow_id, l.workflow_version, l.workflow_action_id
    from public.workflow_action_logs l
    where l.status = 'processing' and l.lease_expires_at < clock_timestamp()
    order by l.id
    limit 1000
    for update skip locked
  )
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' else 'failed' end,
    final = l.tries >= a.max_retries,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = recover_expired_leases.at_time,
    completed_at = case when l.tries >= a.max_retries then greatest(recover_expired_leases.at_time, l.started_at) end,
    lease_expires_at = null,
    error = format('The worker "%s" was lost: its lease ran out', l.worker_id)
  from expired x
  join workflow_engine.action_version a
    on a.workflow_id = x.workflow_id and a.version = x.workflow_version
    and a.workflow_action_id = x.workflow_action_id
  where l.id = x.id;
$$;

comment on function workflow_engine.recover_expired_leases(timestamptz) is
  'Gives back the action logs whose lease ran out.';

-- Failures that an application wrote itself are retried like any other, or become final.
create or replace function workflow_engine.retry_failed(at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  with failed as materialized (
    select l.id, l.workflow_id, l.workflow_version, l.workflow_action_id
    from public.workflow_action_logs l
    where l.status = 'failed' and not l.final
    order by l.id
    limit 1000
    for update skip locked
  )
  update public.workflow_action_logs l
  set
    status = case when l.tries < a.max_retries then 'not_started' else 'failed' end,
    final = l.tries >= a.max_retries,
    tries = least(l.tries + 1, a.max_retries),
    execute_at = l.completed_at + workflow_engine.backoff(l.tries + 1, a.backoff_base, a.backoff_factor, a.backoff_cap),
    completed_at = case when l.tries >= a.max_retries then l.completed_at end
  from failed x
  join workflow_engine.action_version a
    on a.workflow_id = x.workflow_id and a.version = x.workflow_version
    and a.workflow_action_id = x.workflow_action_id
  where l.id = x.id;
$$;

comment on function workflow_engine.retry_failed(timestamptz) is
  'Retries failures that an application wrote, or makes them final when no tries are left.';

-- Actions that wait for an answer longer than they may have failed.
create or replace function workflow_engine.fail_overdue_answers(at_time timestamptz)
returns void
language sql
set search_path = ''
as $$
  with overdue as materialized (
    select l.id
    from public.workflow_action_logs l
    where l.status = 'waiting' and l.execute_at <= fail_overdue_answers.at_time
    order by l.id
    limit 1000
    for update skip locked
  )
  update public.workflow_action_logs l
  set status = 'failed', final = true, completed_at = greatest(fail_overdue_answers.at_time, l.started_at),
    error = 'No answer came before the timeout'
  from overdue x
  where l.id = x.id;
$$;

comment on function workflow_engine.fail_overdue_answers(timestamptz) is
  'Fails the actions whose answer did not come in time.';


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
        ('wake-up', workflow_engine.check_answer())
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


-- 90_security/grants.sql

-- The access matrix: who may do what. It begins by revoking everything, because the platform's default
-- privileges give every new object in public to everybody, and every new function to PUBLIC.
--
--                              anon   authenticated   service_role
--   workflow, workflow_action  -      select (own)    select, insert, update, delete
--   workflow_event             -      -               select
--   workflow_run, _history     -      select (own)    select
--   workflow_action_logs       -      select (own)    select; update of what reports
--   claim, report, emit, tick  -      -               execute
--   doctor                     -      -               execute
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

-- Column defaults of the definitions' tables run as whoever writes them.
grant execute on function workflow_engine.clock() to service_role;

grant execute on function workflow_engine.new_id() to service_role;

grant select on table public.workflow, public.workflow_action, public.workflow_run,
  public.workflow_action_logs, public.workflow_history to authenticated;

grant select, insert, update, delete on table public.workflow, public.workflow_action to service_role;

grant select on table public.workflow_event, public.workflow_run, public.workflow_action_logs,
  public.workflow_history to service_role;

grant update (status, output, error, meta) on table public.workflow_action_logs to service_role;

grant execute on function public.workflow_claim(text, integer, integer) to service_role;

grant execute on function public.workflow_report(text, jsonb, jsonb, integer, integer) to service_role;

grant execute on function public.workflow_emit(text, jsonb, text, text, text, text) to service_role;

grant execute on function public.workflow_action_log_cron() to service_role;

grant execute on function public.workflow_doctor() to service_role;

grant execute on function public.workflow_check(jsonb), public.workflow_deploy(jsonb),
  public.workflow_export(uuid, integer), public.workflow_versions(uuid),
  public.workflow_compare(uuid, integer, integer), public.workflow_restore(uuid, integer) to service_role;
