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
