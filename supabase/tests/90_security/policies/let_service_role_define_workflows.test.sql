-- The engine's own database triggers work for a writer who may not reach workflow_engine.
begin;
select plan(6);

select test.act_as('service_role');

select lives_ok($$select test.create_workflow('w', '{1,2}', organization_id => 'a')$$, 'it may insert');
select lives_ok($$update public.workflow_action set payload = '{"message": "{{ $.event.n }}"}'$$, 'and edit');
select is((select version from public.workflow), 1, 'its definition is compiled');
select is(jsonb_array_length(public.workflow_emit('test.happened', organization_id => 'a') -> 'runs'), 1, 'and runs');
select is(test.work_off(), 2, 'to its end');
select lives_ok('delete from public.workflow', 'and may be deleted');

select * from finish();
rollback;
