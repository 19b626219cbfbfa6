begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run;
select test.work_off();
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'a', reason => 'Again', actor => 'Ada') ->> 'run_id')::uuid as new_run from given;

select set_eq(
  $$select h.run_id, h.actor, h.reason, h.detail from public.workflow_history h where h.kind = 'replayed' and h.organization_id = 'a'$$,
  $$
    select r.id, text 'Ada' as actor, text 'Again' as reason, jsonb_build_object('run_id', run, 'new_run_id', new_run, 'from_action', 'a')
    from given, replayed, unnest(array[run, new_run]) r (id)
  $$,
  'who, when and why'
);

select * from finish();
rollback;
