begin;
select plan(4);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;

select is(
  public.workflow_answer((test.log_of(run, 'ask')).id, 1, '{"status": "failed", "error": "Card declined"}'), '{"status": "failed"}', 'and says so'
)
from given;
select results_eq(
  $$select l.status, l.final, l.error from given, test.log_of(run, 'ask') l$$,
  $$values ('failed', true, 'Card declined')$$,
  'with its error, although tries are left'
);
select results_eq(
  $$select h.kind, h.attempt, h.error from public.workflow_history h where h.kind <> 'definition_saved'$$,
  $$values ('attempt_failed', 1, 'Card declined')$$,
  'the history has the attempt'
);
select is(test.run_status(run), 'failed', 'and the run has failed') from given;

select * from finish();
rollback;
