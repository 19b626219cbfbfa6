begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "90 days", "remind_after": "1 day", "tokens": []}') as run;
update public.workflow_approval set reminders = 49;
select test.travel('25 hours');
select is(
  test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "90 days", "remind_after": "1 day", "tokens": []}}}'),
  1, 'the fiftieth'
);

select is((select remind_at from public.workflow_approval), null, 'is the last one planned');
select test.travel('25 hours');
select is(test.claim() -> 'claims', '[]', 'the last one sent');
select is((test.log_of(run, 'ask')).execute_at, (select expires_at from public.workflow_approval), 'and the question waits for its expiry') from given;

select * from finish();
rollback;
