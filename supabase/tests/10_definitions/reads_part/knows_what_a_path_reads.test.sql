-- Only an action that reads $.actions, or its $.item, pays for it; whoever reads the whole root reads both.
begin;
select plan(7);

select ok(workflow_engine.reads_part('$.event.a == 1 && $.actions.a.status == "completed"', 'actions'), 'by name');
select ok(workflow_engine.reads_part('$', 'actions'), 'the whole root');
select ok(workflow_engine.reads_part('$.*', 'actions'), 'every key of the root');
select ok(not workflow_engine.reads_part('$.event.actions', 'actions'), 'a key of that name elsewhere is another one');
select ok(not workflow_engine.reads_part('$.event.price == "$ 5"', 'actions'), 'in a text, $ is only text');

select ok(workflow_engine.reads_part('$ . item . n > 1', 'item'), 'another part, however it is written');
select ok(workflow_engine.reads_part('exists($ ? (@.actions.a.output == 1))', 'actions'), 'through a filter of the root');

select * from finish();
rollback;
