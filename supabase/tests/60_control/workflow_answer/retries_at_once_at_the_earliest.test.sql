begin;
select plan(1);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;
select public.workflow_answer((test.log_of(run, 'ask')).id, 1, '{"status": "retry", "retry_after_ms": -1e300}') from given;

select is(
  workflow_engine.clock() - (test.log_of(run, 'ask')).execute_at < interval '5 seconds', true, 'not before everybody else'
)
from given;

select * from finish();
rollback;
