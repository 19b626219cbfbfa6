begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.start_wait('{"kind": "run", "workflow": "child", "input": {"order_id": 7}, "wait": false}', '{"id": 1}', organization_id => 'a') as run;

select results_eq(
  $$
    select c.parent_run_id = run, c.parent_action_log_id = (test.log_of(run, 'ask')).id, c.depth, c.organization_id, w.name, e.name, e.payload, e.source
    from given
    join public.workflow_run c on c.parent_run_id = run
    join public.workflow w on w.id = c.workflow_id
    join public.workflow_event e on e.id = c.event_id
  $$,
  $$values (true, true, 1, 'a', 'child', 'workflow.started', jsonb '{"order_id": 7}', 'start')$$,
  'of its organization, with its input as its event'
);

select * from finish();
rollback;
