-- A placeholder gives another length of time than before, which nobody can read.
begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "5 days", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "a few days", "remind_after": "soon", "tokens": []}}}');

select is((test.log_of(run, 'ask')).status, 'waiting', 'the lengths of time of the question count') from given;
select alike((test.log_of(run, 'ask')).error, 'Cannot wait: %', 'what is wrong is said') from given;
select test.travel('25 hours');
select is(test.claim() #> '{claims,0,meta}', '{"reminder": 2}', 'and the next reminder is due in time');

select * from finish();
rollback;
