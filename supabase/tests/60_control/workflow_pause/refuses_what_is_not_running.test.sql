begin;
select plan(5);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run, test.start_run() as other;
select public.workflow_pause(run) from given;
select test.work_off();
select public.workflow_pause(workflow_id => id) from public.workflow;
select public.workflow_pause(action_type => 'log');

select is(
  test.error_of(format('select public.workflow_pause(%L)', run)) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'run.wrong_status', 'message', format('Cannot pause run %s: it is paused', run)),
  'a paused run'
)
from given;
select is(
  test.error_of(format('select public.workflow_pause(%L)', other)) ->> 'message', format('Cannot pause run %s: it is completed', other), 'an ended run'
)
from given;
select is(
  test.error_of(format('select public.workflow_pause(workflow_id => %L)', id)) - 'hint',
  '{"code": "PT409", "details": "pause.unchanged", "message": "Cannot pause workflow \"w\": it is paused already"}',
  'a paused workflow'
)
from public.workflow;
select is(
  test.error_of($$select public.workflow_pause(action_type => 'log')$$) ->> 'message',
  'Cannot pause action type "log": it is paused already',
  'a paused action type'
);
select is((select count(*) from public.workflow_history where kind = 'paused'), 3::bigint, 'and writes nothing down');

select * from finish();
rollback;
