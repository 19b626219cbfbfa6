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
