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
