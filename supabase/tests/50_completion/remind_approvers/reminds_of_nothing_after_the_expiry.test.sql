begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "1 hour", "remind_after": "2 hours", "tokens": []}') as run;
select test.travel('3 hours');

select is(test.work_off('{"ask": {"status": "failed", "final": true}}'), 1, 'only what follows is claimed');
select is((test.log_of(run, 'ask')).output ->> 'decision', 'expired', 'nobody is asked again') from given;

select * from finish();
rollback;
