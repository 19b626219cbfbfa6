-- Internal to the engine: no API role reads them, an owner's or not.
begin;
select plan(5);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items"}]', '{"organization_id": "acme"}');
select public.workflow_emit('test.happened', '{"items": [1, 2]}', organization_id => 'acme');
select test.claim();
select test.act_as('authenticated', '{"organization_id": "acme"}');
select is((select count(*) from public.workflow_action_logs), 3::bigint, 'a member sees the items of the organization');
select throws_ok('select from workflow_engine.fan_out', '42501', null, 'but not how they are counted');
select throws_ok('select from workflow_engine.workflow_version', '42501', null, 'nor the compiled versions');
select throws_ok('select public.workflow_export(workflow_id) from public.workflow_run limit 1', '42501', null, 'nor a whole definition');
select test.act_as('authenticated', '{"organization_id": "other"}');
select is((select count(*) from public.workflow_action_logs), 0::bigint, 'a stranger sees none');

select * from finish();
rollback;
