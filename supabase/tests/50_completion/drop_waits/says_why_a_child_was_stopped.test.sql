begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select public.workflow_stop(action_id => (test.log_of(run, 'ask')).id) from given;

select results_eq(
  $$
    select h.kind, h.reason
    from given
    join public.workflow_run c on c.parent_run_id = run
    join public.workflow_history h on h.run_id = c.id
  $$,
  $$values ('stopped', 'The action that started it was stopped')$$,
  'in its history'
);

select * from finish();
rollback;
