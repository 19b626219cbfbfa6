-- A skip makes the next action due; a lingering worker must not wait for it.
begin;
select plan(1);

select test.create_workflow('w', '{1,2,3,4}');
update public.workflow_action set condition = '$.event.n > 5' where name < 'd';
select test.start_run('{"n": 1}');

select isnt(test.claim_of(test.claim(), 'd'), null, 'one claim passes over three skips');

select * from finish();
rollback;
