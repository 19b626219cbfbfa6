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
