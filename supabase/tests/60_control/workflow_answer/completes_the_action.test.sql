begin;
select plan(3);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;

select is(
  public.workflow_answer((test.log_of(run, 'ask')).id, 1, '{"status": "completed", "output": {"url": "x"}}'),
  '{"status": "completed"}',
  'and says so'
)
from given;
select is((test.log_of(run, 'ask')).output, '{"url": "x"}', 'its output is that of the action') from given;
select test.work_off();
select is(test.run_status(run), 'completed', 'the run goes on') from given;

select * from finish();
rollback;
