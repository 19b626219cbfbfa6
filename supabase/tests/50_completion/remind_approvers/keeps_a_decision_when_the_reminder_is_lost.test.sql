-- No try is left; a reminder that does not go out is no failure of the question.
begin;
select plan(2);

create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "approval", "payload": {"message": "Well?"}, "max_retries": 0}]'), test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}}}');
select test.travel('25 hours');
select test.claim();
select public.workflow_approve(id, null, 'Ada') from public.workflow_approval;
select test.expire_leases();
select public.workflow_action_log_cron();
select test.work_off();

select is((test.log_of(run, 'ask')).output ->> 'decision', 'approved', 'it is the answer') from given;
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
