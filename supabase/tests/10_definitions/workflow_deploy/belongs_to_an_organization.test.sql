-- Name and organization together say which workflow it is.
begin;
select plan(4);

create temporary table given on commit drop as
select test.deploy('[{"name": "a", "action_type": "log"}]', '{"organization_id": "acme"}') as acme,
  test.deploy('[{"name": "a", "action_type": "log"}]') as platform;

select isnt(acme, platform, 'the same name in another organization is another workflow') from given;
select is(
  test.deploy('[{"name": "b", "action_type": "log"}]', '{"organization_id": "acme"}'),
  acme,
  'the same name in the same organization is the same one'
)
from given;
select results_eq(
  'select organization_id, name from public.workflow_action order by name',
  $$values (null, 'a'), ('acme', 'b')$$,
  'and so do its actions'
);
select is(public.workflow_export(acme) -> 'organization_id', '"acme"', 'its document says so') from given;

select * from finish();
rollback;
