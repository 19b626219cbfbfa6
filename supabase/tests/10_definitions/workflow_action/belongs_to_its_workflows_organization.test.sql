-- Whatever its writer says: row-level security shows it to that organization.
begin;
select plan(2);

select test.create_workflow('w', organization_id => 'a');

update public.workflow_action set organization_id = 'b';

select is((select organization_id from public.workflow_action), 'a', 'a foreign organization is corrected');

update public.workflow set organization_id = 'c';

select is((select organization_id from public.workflow_action), 'c', 'and it follows when its workflow moves');

select * from finish();
rollback;
