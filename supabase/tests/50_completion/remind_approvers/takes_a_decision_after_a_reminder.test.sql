begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}}}');
select public.workflow_approve(a.id, null, 'Ada') from public.workflow_approval a;
select test.work_off();

select is(test.run_status(run), 'completed', 'as before it') from given;
select is((test.log_of(run, 'ask')).output ->> 'decided_by', 'Ada', 'with who decided') from given;

select * from finish();
rollback;
