begin;
select plan(1);

select test.deploy('[{"name": "a", "action_type": "log"}]', '{"organization_id": "acme"}');
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log"}]', '{"organization_id": "acme"}');

select results_eq(
  $$select h.organization_id, h.workflow_id = w.id, h.detail, h.actor = session_user from public.workflow_history h, public.workflow w where h.kind = 'definition_saved' order by h.id$$,
  $$values ('acme', true, '{"version": 1}'::jsonb, true), ('acme', true, '{"version": 2}', true)$$,
  'who saved which version'
);

select * from finish();
rollback;
