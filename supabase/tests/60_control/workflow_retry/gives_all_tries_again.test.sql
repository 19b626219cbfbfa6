begin;
select plan(3);

select test.deploy('[{"name": "a", "action_type": "log", "max_retries": 1}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "retry_after_ms": 0}}');
select is((test.log_of(run, 'a')).attempt, 2, 'one retry was used up') from given;
select public.workflow_retry(run) from given;

select results_eq(
  $$select l.status, l.tries, l.attempt, l.final from given, test.log_of(run, 'a') l$$,
  $$values ('not_started', 0, 2, false)$$,
  'tries begin at none, attempts go on'
);
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "retry_after_ms": 0}');
select is((test.log_of(run, 'a')).status, 'not_started', 'so that it may fail once more') from given;

select * from finish();
rollback;
