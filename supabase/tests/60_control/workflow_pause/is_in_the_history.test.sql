begin;
select plan(1);

select test.create_workflow('w', organization_id => 'a');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run;
select public.workflow_pause(run, reason => 'Too fast', actor => 'Ada') from given;
select public.workflow_resume(run, reason => 'Well', actor => 'Bob') from given;
select public.workflow_pause(workflow_id => id, reason => 'Wrong', actor => 'Ada') from public.workflow;
select public.workflow_pause(action_type => 'log', reason => 'Down', actor => 'Ada');
select public.workflow_resume(action_type => 'log', actor => 'Bob');

select results_eq(
  $$
    select h.kind, h.run_id = run, h.workflow_id = w.id, h.organization_id, h.actor, h.reason, h.detail
    from given, public.workflow w, public.workflow_history h
    where h.kind in ('paused', 'resumed')
    order by h.id
  $$,
  $$values
    ('paused', true, true, 'a', 'Ada', 'Too fast', jsonb '{}'), ('resumed', true, true, 'a', 'Bob', 'Well', '{}'),
    ('paused', null, true, 'a', 'Ada', 'Wrong', '{}'),
    ('paused', null, null, null, 'Ada', 'Down', '{"action_type": "log"}'), ('resumed', null, null, null, 'Bob', null, '{"action_type": "log"}')$$,
  'who, when and why, of each'
);

select * from finish();
rollback;
