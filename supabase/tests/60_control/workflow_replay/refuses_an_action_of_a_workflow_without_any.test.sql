begin;
select plan(2);

select test.deploy('[]');
create temporary table given on commit drop as select test.start_run() as run;

select is(
  test.error_of(format('select public.workflow_replay(%L, %L)', run, 'nothing')),
  jsonb_build_object(
    'code', 'PT422', 'details', 'replay.action_unknown',
    'message', format('Cannot replay run %s from "nothing": version 1 has no such action', run), 'hint', 'It has no actions.'
  ),
  'and says that it has none'
)
from given;
select is(public.workflow_replay(run) ? 'run_id', true, 'but repeats the run as a whole') from given;

select * from finish();
rollback;
