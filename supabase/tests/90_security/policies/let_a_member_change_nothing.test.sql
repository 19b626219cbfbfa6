begin;
select plan(10);

select test.create_workflow('w', organization_id => 'a');
select public.workflow_emit('test.happened', organization_id => 'a');
select test.act_as('authenticated', '{"organization_id": "a"}');

select throws_ok($$insert into public.workflow (name, trigger, organization_id) values ('x', 'x', 'a')$$, '42501', null, 'no new workflow');
select throws_ok('update public.workflow set is_active = false', '42501', null, 'no change of one');
select throws_ok('delete from public.workflow_action', '42501', null, 'no delete of an action');
select throws_ok($$update public.workflow_action_logs set status = 'completed'$$, '42501', null, 'no status');
select throws_ok('delete from public.workflow_run', '42501', null, 'no delete of a run');
select throws_ok('select from public.workflow_event', '42501', null, 'no look at events');
select throws_ok($$select public.workflow_emit('x')$$, '42501', null, 'no event');
select throws_ok($$select public.workflow_claim('w')$$, '42501', null, 'no claim');
select throws_ok($$select public.workflow_attach('public.workflow')$$, '42501', null, 'no attach');
select throws_ok('select workflow_engine.ring()', '42501', 'permission denied for schema workflow_engine', 'no ring');

select * from finish();
rollback;
