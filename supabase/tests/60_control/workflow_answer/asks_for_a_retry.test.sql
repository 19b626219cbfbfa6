begin;
select plan(3);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;

select is(
  public.workflow_answer((test.log_of(run, 'ask')).id, 1, '{"status": "retry", "error": "Busy", "retry_after_ms": 60000}'),
  '{"status": "not_started"}',
  'and says so'
)
from given;
select results_eq(
  $$select l.tries, l.attempt, l.error, l.execute_at - workflow_engine.clock() between '55 seconds' and '60 seconds' from given, test.log_of(run, 'ask') l$$,
  $$values (1, 1, 'Busy', true)$$,
  'when the answer says'
);
select test.travel('61 seconds');
select test.work_off('{"ask": {"status": "waiting"}}');
select public.workflow_answer((test.log_of(run, 'ask')).id, 2, '{"status": "completed"}') from given;
select test.work_off();
select is(test.run_status(run), 'completed', 'the next attempt is answered') from given;

select * from finish();
rollback;
