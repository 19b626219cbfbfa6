begin;
select plan(9);

select is(workflow_engine.to_instant('"tomorrow"', 'UTC'), null, 'a word is no time');
select is(workflow_engine.to_instant('"15:00:00"', 'UTC'), null, 'nor is an hour of no day');
select is(workflow_engine.to_instant('1767225600', 'UTC'), null, 'nor a number');
select is(workflow_engine.to_instant('null', 'UTC'), null, 'nor null');
select is(workflow_engine.to_instant('"2026-02-30"', 'UTC'), null, 'nor a day that does not exist');
select is(workflow_engine.to_instant('"5874897-01-01"', 'UTC'), null, 'nor a year to which nothing can be added');
select is(workflow_engine.to_instant('"infinity"', 'UTC'), null, 'nor infinity');
select is(workflow_engine.to_instant('"2026-01-01T15"', 'UTC'), null, 'nor an hour without minutes');
select is(workflow_engine.to_instant('"2026-01-01T25:00"', 'UTC'), null, 'nor one that does not exist');

select * from finish();
rollback;
