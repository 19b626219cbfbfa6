-- The design's table, and nothing beside it but an action whose data cannot be evaluated.
begin;
select plan(1);

select set_eq(
  'select from_status, to_status from workflow_engine.action_log_transition',
  $$
    values
      ('not_started', 'processing'), ('not_started', 'skipped'), ('not_started', 'stopped'), ('not_started', 'failed'),
      ('processing', 'completed'), ('processing', 'not_started'), ('processing', 'failed'),
      ('processing', 'waiting'), ('processing', 'stopped'),
      ('waiting', 'completed'), ('waiting', 'failed'), ('waiting', 'not_started'), ('waiting', 'stopped'),
      ('failed', 'not_started'), ('stopped', 'not_started')
  $$,
  'these are the transitions'
);

select * from finish();
rollback;
