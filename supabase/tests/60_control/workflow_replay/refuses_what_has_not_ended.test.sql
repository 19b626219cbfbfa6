begin;
select plan(3);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;

select is(
  test.error_of(format('select public.workflow_replay(%L)', run)) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'run.wrong_status', 'message', format('Cannot replay run %s: it is running', run)),
  'a running run'
)
from given;
select public.workflow_pause(run) from given;
select is(
  test.error_of(format('select public.workflow_replay(%L)', run)) ->> 'message', format('Cannot replay run %s: it is paused', run), 'a paused one'
)
from given;
select is(
  test.error_of($$select public.workflow_replay('00000000-0000-7000-8000-000000000000')$$) ->> 'code', 'PT404', 'or one that it does not know'
);

select * from finish();
rollback;
