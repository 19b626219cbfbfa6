begin;
select plan(1);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');

select results_eq(
  $$
    select e ->> 'kind', e ->> 'action'
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    order by n
  $$,
  $$values
    ('run_created', null), ('action_ready', 'a'), ('attempt_started', 'a'), ('attempt_failed', 'a'), ('action_failed', 'a'),
    ('action_skipped', 'b'), ('run_failed', null)$$,
  'the attempt, the action, what followed, the run'
);

select * from finish();
rollback;
