begin;
select plan(4);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off();

select is(
  test.error_of(format('select public.workflow_replay(%L, %s)', run, a.arguments)) ->> 'details', 'replay.invalid', a.arguments
)
from given, unnest(array['input => ''[1]''', 'input => ''null''', 'version => ''2''', 'version => null']) a (arguments);

select * from finish();
rollback;
