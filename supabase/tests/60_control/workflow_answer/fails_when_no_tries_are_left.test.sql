begin;
select plan(2);

create temporary table given on commit drop as select test.deploy('[{"name": "ask", "action_type": "log", "max_retries": 0}]'), test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting"}}');

select is(
  public.workflow_answer((test.log_of(run, 'ask')).id, 1, '{"status": "retry"}'), '{"status": "failed"}', 'although it asks for a retry'
)
from given;
select is((test.log_of(run, 'ask')).error, 'No reason given', 'and gives no reason') from given;

select * from finish();
rollback;
