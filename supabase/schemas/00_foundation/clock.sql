-- The clock that may travel: due times, plans, schedules and retention are read from it. Leases,
-- wake-ups and signatures use clock_timestamp(), which never travels. The local stack replaces this
-- body by one that adds an offset; production has no such row.
-- No `set` clause: it would prevent inlining, and the SQL-standard body binds its names already.
create or replace function workflow_engine.clock()
returns timestamptz
language sql
volatile
return clock_timestamp();

comment on function workflow_engine.clock() is
  'The engine''s time for everything that is due. Tests and demos may let it travel.';
