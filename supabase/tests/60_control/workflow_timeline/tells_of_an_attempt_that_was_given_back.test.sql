begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "released"}');
select test.report(public.workflow_claim('another-worker') #> '{claims,0}', '{"status": "completed"}');

select results_eq(
  $$
    select e ->> 'kind', (e ->> 'attempt')::integer, e ->> 'worker_id'
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ->> 'kind' like 'attempt%'
    order by n
  $$,
  $$values ('attempt_started', 1, 'test-worker'), ('attempt_released', 1, 'test-worker'), ('attempt_started', 2, 'another-worker')$$,
  'by whom'
);

select * from finish();
rollback;
