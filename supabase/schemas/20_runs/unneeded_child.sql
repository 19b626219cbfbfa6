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
