begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "a": {"status": "failed", "final": true, "error": "Card declined"}
}');

select results_eq(
  $$select l.status, l.final, l.error from given, test.log_of(run, 'ask') l$$,
  $$select 'failed', true, format('Run %s of workflow "child" failed: action "a": Card declined', c.id)
    from given join public.workflow_run c on c.parent_run_id = run$$,
  'and says which run failed, and why'
);
select is(test.run_status(run), 'failed', 'the parent has failed') from given;

select * from finish();
rollback;
