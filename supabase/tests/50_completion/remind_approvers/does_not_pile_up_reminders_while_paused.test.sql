-- The reminder waits for five days; it is asked for again a day after it was sent.
begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "20 days", "remind_after": "1 day", "tokens": []}') as run;
select public.workflow_pause(run) from given;
select test.travel('25 hours');
select test.claim();
select test.travel('5 days');
select public.workflow_resume(run) from given;

select is(
  test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "20 days", "remind_after": "1 day", "tokens": []}}}'),
  1, 'one mail makes up for all that were due'
);
select is((select reminders from public.workflow_approval), 1, 'and counts once');

select * from finish();
rollback;
