begin;
select plan(3);

select throws_ok(
  'update workflow_engine.settings set lease_grace = interval ''0''',
  '23514',
  'new row for relation "settings" violates check constraint "lease_grace_is_positive"',
  'a lease must outlive its attempt'
);

select throws_ok(
  'update workflow_engine.settings set events_per_batch = 0',
  '23514',
  'new row for relation "settings" violates check constraint "events_per_batch_is_positive"',
  'a batch of no events would never end'
);

select throws_ok(
  'update workflow_engine.settings set max_workers = 0',
  '23514',
  'new row for relation "settings" violates check constraint "max_workers_is_positive"',
  'the tick must be able to wake somebody'
);

select * from finish();
rollback;
