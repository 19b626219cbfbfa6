begin;
select plan(4);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run, test.start_run() as other;
select public.workflow_stop(other) from given;
select test.work_off();

select is(
  test.error_of(format('select public.workflow_stop(%L)', run)) - 'hint',
  jsonb_build_object('code', 'PT409', 'details', 'run.wrong_status', 'message', format('Cannot stop run %s: it is completed', run)),
  'a run'
)
from given;
select is(
  test.error_of(format('select public.workflow_stop(%L)', other)) ->> 'message', format('Cannot stop run %s: it is stopped', other), 'a stopped run'
)
from given;
select is(
  test.error_of(format('select public.workflow_stop(action_id => %L)', (l.log).id)) - 'hint',
  jsonb_build_object(
    'code', 'PT409', 'details', 'action_log.wrong_status', 'message', format('Cannot stop action log %s: it is completed', (l.log).id)
  ),
  'an action'
)
from given, test.logs(run) l;
select is((select count(*) from public.workflow_history where kind = 'stopped'), 1::bigint, 'and writes nothing down');

select * from finish();
rollback;
