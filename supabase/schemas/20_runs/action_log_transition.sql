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
