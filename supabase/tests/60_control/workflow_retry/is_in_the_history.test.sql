begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
select public.workflow_retry(run, 'Fixed', 'Ada') from given;

select results_eq(
  $$
    select h.organization_id, h.run_id = run, h.workflow_id = (select id from public.workflow), h.actor, h.reason
    from given, public.workflow_history h
    where h.kind = 'retried'
  $$,
  $$values ('a', true, true, 'Ada', 'Fixed')$$,
  'who, when and why'
);

select * from finish();
rollback;
