begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "callback", "timeout": "1 hour"}') as run;
select test.travel('61 minutes');
select test.work_off();

select results_eq(
  $$select l.status, l.final, l.error, l.tries from given, test.log_of(run, 'ask') l$$,
  $$values ('failed', true, 'No answer came before the timeout', 0)$$,
  'a callback that does not come is an error, and no retry'
);
select is(test.run_status(run), 'failed', 'the run has failed') from given;
select is(
  test.error_of(format('select public.workflow_answer(%L, 1, %L)', (l.log).id, '{"status": "completed"}')) ->> 'code', 'PT409', 'an answer comes too late'
)
from given, test.logs(run) l
where l.name = 'ask';

select * from finish();
rollback;
