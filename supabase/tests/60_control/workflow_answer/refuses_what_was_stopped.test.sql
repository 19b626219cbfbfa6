begin;
select plan(1);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;
select public.workflow_stop(run) from given;

select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', (l.log).id, '{"status": "completed"}')) ->> 'message',
  format('Cannot answer action log %s: it is stopped', (l.log).id),
  'and says what it is'
)
from given, test.logs(run) l;

select * from finish();
rollback;
