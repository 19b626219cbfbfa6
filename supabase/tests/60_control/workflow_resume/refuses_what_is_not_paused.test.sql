begin;
select plan(4);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;

select is(
  test.error_of(format('select public.workflow_resume(%L)', run)) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'run.wrong_status', 'message', format('Cannot resume run %s: it is running', run)),
  'a running run'
)
from given;
select is(
  test.error_of(format('select public.workflow_resume(workflow_id => %L)', id)) ->> 'message', 'Cannot resume workflow "w": it is not paused', 'a workflow'
)
from public.workflow;
select is(
  test.error_of($$select public.workflow_resume(action_type => 'log')$$) - 'hint',
  '{"code": "PT409", "details": "pause.unchanged", "message": "Cannot resume action type \"log\": it is not paused"}',
  'an action type'
);
select is(
  test.error_of($$select public.workflow_resume('00000000-0000-7000-8000-000000000000')$$) ->> 'code', 'PT404', 'or a run that it does not know'
);

select * from finish();
rollback;
