begin;
select plan(1);

select test.deploy('[{"name": "ask", "action_type": "approval", "payload": {"message": "Well?"}, "max_retries": 0}]'), test.start_run();
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}}}');
select test.travel('25 hours');
select test.claim();
select test.expire_leases();
select public.workflow_action_log_cron();
select test.travel('25 hours');

select is(test.claim() #> '{claims,0,meta}', '{"reminder": 2}', 'no try is left for the first, but the second is one of its own');

select * from finish();
rollback;
