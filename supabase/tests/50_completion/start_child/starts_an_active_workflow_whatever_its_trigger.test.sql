-- Neither its trigger nor its condition, phase or interval matter: the parent asks for it now.
begin;
select plan(1);

select test.create_workflow('child', trigger => 'never', condition => '$.event.a == 1');
update public.workflow set phase = 'after', "interval" = 60 where name = 'child';
create temporary table given on commit drop as select test.start_wait('{"kind": "run", "workflow": "child"}') as run;

select is(test.run_status(run), 'completed', 'it runs at once') from given;

select * from finish();
rollback;
