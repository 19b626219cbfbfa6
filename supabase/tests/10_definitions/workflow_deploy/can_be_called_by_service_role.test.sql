begin;
select plan(5);

select test.act_as('service_role');

select lives_ok($$select public.workflow_deploy('{"name": "w", "trigger": "t", "actions": [{"name": "a", "action_type": "log"}]}')$$, 'it deploys');
select lives_ok($$select public.workflow_check('{"name": "w", "trigger": "t"}')$$, 'checks');
select lives_ok($$select public.workflow_export(id), public.workflow_restore(id, 1) from public.workflow$$, 'exports and restores');
select lives_ok($$select v.*, c.* from public.workflow w, public.workflow_versions(w.id) v, public.workflow_compare(w.id, 1, 1) c$$, 'lists and compares');

select test.act_as('authenticated');
select throws_ok($$select public.workflow_deploy('{}')$$, '42501', null, 'a user of the application does not');

select * from finish();
rollback;
