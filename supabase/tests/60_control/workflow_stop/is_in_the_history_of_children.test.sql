begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select public.workflow_stop(run, reason => 'Enough', actor => 'Ada') from given;

select results_eq(
  $$
    select h.actor, h.reason
    from given
    join public.workflow_run c on c.parent_run_id = run
    join public.workflow_history h on h.run_id = c.id and h.kind = 'stopped'
  $$,
  $$values ('Ada', 'Enough')$$,
  'who stopped the parent stopped them'
);

select * from finish();
rollback;
