begin;
select plan(2);

create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "approval", "payload": {"message": "Well?"}, "max_retries": 0}]'), test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}}}');
select test.travel('25 hours');
select test.claim();
select test.expire_leases();
select public.workflow_action_log_cron();

select is((select status from public.workflow_approval), 'pending', 'the question is still there');
select public.workflow_approve(id) from public.workflow_approval;
select test.work_off();
select is(test.run_status(run), 'completed', 'and can be answered') from given;

select * from finish();
rollback;
