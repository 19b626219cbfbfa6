-- The design's table, and beside it what a claim decides without a worker: an action whose data cannot be
-- evaluated, a choice, a fan-out and its end when it has no items. A retry decides anew
-- what was begun once and passed over later.
begin;
select plan(1);

select set_eq(
  'select from_status, to_status from workflow_engine.action_log_transition',
  $$
    values
      ('not_started', 'processing'), ('not_started', 'skipped'), ('not_started', 'stopped'), ('not_started', 'failed'),
      ('not_started', 'waiting'), ('not_started', 'completed'),
      ('processing', 'completed'), ('processing', 'not_started'), ('processing', 'failed'),
      ('processing', 'waiting'), ('processing', 'stopped'),
      ('waiting', 'completed'), ('waiting', 'failed'), ('waiting', 'not_started'), ('waiting', 'stopped'),
      ('failed', 'not_started'), ('stopped', 'not_started'), ('failed', 'stopped'), ('skipped', 'not_started')
  $$,
  'these are the transitions'
);

select * from finish();
rollback;
