begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "5 days", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "failed", "error": "Unknown sender", "final": true}}');

select is((test.log_of(run, 'ask')).status, 'waiting', 'the question is open') from given;
select is((test.log_of(run, 'ask')).error, 'Unknown sender', 'and says what was wrong') from given;
select results_eq(
  'select a.remind_at - workflow_engine.clock() between ''23 hours'' and ''1 day'' from public.workflow_approval a', 'values (true)', 'the next one is planned'
);
select test.travel('25 hours');
select is(test.claim() #> '{claims,0,meta}', '{"reminder": 2}', 'and tried');

select * from finish();
rollback;
