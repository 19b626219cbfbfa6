-- Also one that did not fail, where another may follow it.
begin;
select plan(1);

select test.deploy('[{"name": "a", "action_type": "log"}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "released"}');
select test.claim();
select public.workflow_stop(run) from given;

select results_eq(
  $$
    select h.kind, h.attempt, h.action, h.item_index, h.started_at <= h.recorded_at, h.error, h.detail
    from given, public.workflow_history h
    where h.run_id = run and h.kind like 'attempt%'
    order by h.id
  $$,
  $$values
    ('attempt_released', 1, 'a', null::integer, true, null, '{"worker_id": "test-worker"}'::jsonb),
    ('attempt_stopped', 2, 'a', null, true, null, '{"worker_id": "test-worker"}')$$,
  'and who made it'
);

select * from finish();
rollback;
