begin;
select plan(1);

select test.create_workflow('w', '{1,1,2}');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_report('w', (
  select jsonb_agg(jsonb_build_object('id', c -> 'id', 'attempt', 1, 'status', 'completed'))
  from jsonb_array_elements(test.claim() -> 'claims') c
));

select is(test.statuses(run), '{"a": "completed", "b": "completed", "c": "not_started"}', 'the next order begins, once') from given;

select * from finish();
rollback;
