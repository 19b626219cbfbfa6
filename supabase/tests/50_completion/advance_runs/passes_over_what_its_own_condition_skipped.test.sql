-- An action that was not needed, as its own condition says, is no failure of those that follow it.
begin;
select plan(2);

select test.create_workflow('w', '{1,2,3}');
update public.workflow_action set condition = '$.event.n > 5' where name = 'b';
create temporary table given on commit drop as select test.start_run('{"n": 1}') as run;
select test.work_off();

select is(test.statuses(run), '{"a": "completed", "b": "skipped", "c": "completed"}', 'the next one runs') from given;
select is(test.reasons(run), '{"b": "condition"}', 'and the skip has its reason') from given;

select * from finish();
rollback;
