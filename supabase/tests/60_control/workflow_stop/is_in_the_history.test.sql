begin;
select plan(1);

select test.create_workflow('w', '{1,1}');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run;
select test.claim();
select public.workflow_stop(action_id => (test.log_of(run, 'a')).id, reason => 'Wrong', actor => 'Ada') from given;
select set_config('request.jwt.claims', '{"role": "service_role", "email": "bob@example.com"}', true);
select public.workflow_stop(run) from given;

select results_eq(
  $$
    select h.organization_id, h.run_id = run, h.action_log_id = (test.log_of(run, 'a')).id, h.attempt, h.actor, h.reason,
      workflow_engine.clock() - h.recorded_at < '5 seconds'
    from given, public.workflow_history h
    where h.kind = 'stopped'
    order by h.id
  $$,
  $$values ('a', true, true, 1, 'Ada', 'Wrong', true), ('a', true, null, null, 'bob@example.com', null, true)$$,
  'who, when and why'
);

select * from finish();
rollback;
