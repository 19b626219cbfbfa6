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
