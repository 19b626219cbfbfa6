begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "26 hours", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "No connection", "retry_after_ms": 86400000}');
select test.travel('2 hours');
select test.work_off();

select is((test.log_of(run, 'ask')).output ->> 'decision', 'expired', 'the expiry does not wait for the mail') from given;

select * from finish();
rollback;
