begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off();

select is(
  test.error_of(format('select public.workflow_signal(%L, %L)', run, 'go')) - 'hint',
  jsonb_build_object('code', 'PT409', 'message', format('Cannot signal run %s: it is completed', run), 'details', 'run.wrong_status'),
  'it can wait for nothing'
)
from given;
select is((select count(*) from public.workflow_event), 1::bigint, 'and nothing is kept');

select * from finish();
rollback;
