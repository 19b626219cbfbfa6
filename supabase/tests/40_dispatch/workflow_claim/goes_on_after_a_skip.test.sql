begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
update public.workflow_action set condition = '$.event.n > 1' where name = 'a';
create temporary table given on commit drop as select test.start_run('{"n": 1}') as run;

select isnt(test.claim_of(test.claim(), 'b'), null, 'what follows a skipped action comes in the same claim');
select is(test.statuses(run), '{"a": "skipped", "b": "processing"}', 'and runs') from given;

select * from finish();
rollback;
