-- Nobody waits for the child: the action completes as soon as it is started.
begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as select test.start_wait('{"kind": "run", "workflow": "child", "wait": false}') as run;

select is(
  jsonb_path_query_array(public.workflow_timeline(run), '$.entries[0 to 4].kind'),
  '["run_created", "action_ready", "attempt_started", "child_started", "action_completed"]',
  'what was started first'
)
from given;

select * from finish();
rollback;
