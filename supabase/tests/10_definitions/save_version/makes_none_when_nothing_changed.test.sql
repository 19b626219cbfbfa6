begin;
select plan(2);

select test.create_workflow('w');
select test.age_versions();

update public.workflow set name = name, condition = null;
update public.workflow_action set payload = payload;

select is((select version from public.workflow), 1, 'writing the same again makes no version');

update public.workflow set is_active = false;

select is((select version from public.workflow), 1, 'nor does deactivation');

select * from finish();
rollback;
