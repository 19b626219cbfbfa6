begin;
select plan(5);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as completed, test.start_run() as paused;
select public.workflow_pause(paused) from given;
select test.work_off();

select is(
  test.error_of(format('select public.workflow_retry(%L)', completed)) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'run.wrong_status', 'message', format('Cannot retry run %s: it is completed', completed)),
  'a completed run'
)
from given;
select is(
  test.error_of(format('select public.workflow_retry(%L)', paused)) ->> 'message', format('Cannot retry run %s: it is paused', paused), 'a paused one'
)
from given;
select public.workflow_resume(paused) from given;
select is(
  test.error_of(format('select public.workflow_retry(%L)', paused)) ->> 'message', format('Cannot retry run %s: it is running', paused), 'a running one'
)
from given;
select is(
  test.error_of($$select public.workflow_retry('00000000-0000-7000-8000-000000000000')$$) ->> 'code', 'PT404', 'or one that it does not know'
);
select is_empty($$select from public.workflow_history where kind = 'retried'$$, 'and writes nothing down');

select * from finish();
rollback;
