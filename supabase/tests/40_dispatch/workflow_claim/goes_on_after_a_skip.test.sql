begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
update public.workflow_action set condition = '$.event.n > 1' where name = 'a';
create temporary table given on commit drop as select test.start_run('{"n": 1}') as run;

select is(test.claim() -> 'next_due_ms', '0', 'what follows a skipped action is due at once');
select test.work_off();
select is(test.statuses(run), '{"a": "skipped", "b": "completed"}', 'and runs') from given;

select * from finish();
rollback;
