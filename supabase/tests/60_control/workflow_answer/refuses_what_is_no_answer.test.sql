begin;
select plan(11);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;

select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', (test.log_of(run, 'ask')).id, a.answer)) ->> 'details',
  'answer.invalid',
  a.answer
)
from given, unnest(array[
  null, 'null', '"completed"', '[]', '{}', '{"status": "waiting"}', '{"status": null}', '{"status": "retry", "retry_after_ms": "1"}',
  '{"status": "retry", "retry_after_ms": null}', '{"status": "retry", "retry_after_ms": 1e400}', '{"status": "retry", "retry_after_ms": 1e-400}'
]) a (answer);

select * from finish();
rollback;
