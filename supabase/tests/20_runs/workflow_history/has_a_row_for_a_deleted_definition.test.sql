begin;
select plan(2);

create temporary table given on commit drop as
select test.deploy('[{"name": "a", "action_type": "log"}]', '{"organization_id": "acme"}') as workflow;
create temporary table started on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'acme') #>> '{runs,0,id}')::uuid as run;
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log"}]', '{"organization_id": "acme"}');
select test.work_off();
select set_config('request.jwt.claims', '{"email": "ada@example.com"}', true);
delete from public.workflow where id in (select workflow from given);

select results_eq(
  $$
    select h.organization_id, h.workflow_id, h.actor, h.detail ->> 'name', h.detail ->> 'version'
    from public.workflow_history h
    where h.kind = 'definition_deleted'
  $$,
  $$select 'acme', workflow, 'ada@example.com', 'w', '2' from given$$,
  'who deleted what'
);
select is(
  (h.detail #> '{actions,0}') - 'workflow_action_id', '{"version": 1, "name": "a", "action_type": "log"}', 'with the actions that runs have had'
)
from public.workflow_history h
where h.kind = 'definition_deleted';

select * from finish();
rollback;
