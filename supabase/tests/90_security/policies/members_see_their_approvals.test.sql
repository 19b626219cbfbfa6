begin;
select plan(3);

select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}', organization_id => o) from unnest(array['a', 'b', null]) o;

select test.act_as('authenticated', '{"organization_id": "a"}');
select is((select array_agg(organization_id) from public.workflow_approval), array['a'], 'of their organization alone');
select throws_ok($$update public.workflow_approval set status = 'approved'$$, '42501', null, 'and write none');
select test.act_as('authenticated');
select is_empty('select from public.workflow_approval', 'without an organization they see none');

select * from finish();
rollback;
