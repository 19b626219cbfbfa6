-- In templates and in conditions, by name.
begin;
select plan(2);

select test.create_workflow('w', '{1,2,3}');
update public.workflow_action set payload = '{"id": "{{ $.actions.a.output.id }}", "status": "{{ $.actions.a.status }}"}' where name = 'b';
update public.workflow_action set condition = '$.actions.a.output.id == 7 && $.actions.b.output == 0' where name = 'c';
create temporary table given on commit drop as select test.start_run() as run;

select test.report(test.claim_of(test.claim(), 'a'), '{"status": "completed", "output": {"id": 7}}');
create temporary table second on commit drop as select test.claim_of(test.claim(), 'b') as claim;

select is(claim -> 'values', '[7, "completed"]', 'a template reads an output and a status') from second;

select test.report(claim, '{"status": "completed", "output": 0}') from second;

select isnt(test.claim_of(test.claim(), 'c'), null, 'a condition reads them too');

select * from finish();
rollback;
