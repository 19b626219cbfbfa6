begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}, "a": {"status": "failed", "final": true}}');
select public.workflow_retry(run) from given;
select test.report(test.claim_of(test.claim(), 'ask'), '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}}');

select results_eq(
  $$
    select e ->> 'kind', e ->> 'action', e ->> 'run_id' = c.id::text
    from given
    join public.workflow_run c on c.parent_run_id = run
    cross join lateral jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e
    where e ->> 'kind' like 'child%'
  $$,
  $$values ('child_started', 'ask', true), ('child_failed', 'ask', true), ('child_stopped', 'ask', true), ('child_completed', 'ask', true)$$,
  'each time'
);

select * from finish();
rollback;
