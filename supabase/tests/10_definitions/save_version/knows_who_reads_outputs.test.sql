-- Only an action that reads $.actions pays for it; whoever reads the whole root reads them, too.
begin;
select plan(5);

select ok(workflow_engine.reads_actions('$.event.a == 1 && $.actions.a.status == "completed"'), 'by name');
select ok(workflow_engine.reads_actions('$'), 'the whole root');
select ok(workflow_engine.reads_actions('$.*'), 'every key of the root');
select ok(not workflow_engine.reads_actions('$.event.actions'), 'a key of that name elsewhere is another one');
select ok(not workflow_engine.reads_actions('$.event.price == "$ 5"'), 'in a text, $ is only text');

select * from finish();
rollback;
