begin;
select plan(1);

update workflow_engine.settings set output_bytes = 100;
select test.create_workflow('child', '{1,1}', 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off(jsonb_build_object(
  'ask', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}'::jsonb,
  'a', jsonb_build_object('output', repeat('x', 60)), 'b', jsonb_build_object('output', repeat('x', 60))
));

select results_eq(
  $$select l.status, l.final, l.error from given, test.log_of(run, 'ask') l$$,
  $$select 'failed', true, format('The outputs of the last actions of run %s have more than 100 bytes together', c.id)
    from given join public.workflow_run c on c.parent_run_id = run$$,
  'of the child''s last actions together'
);

select * from finish();
rollback;
