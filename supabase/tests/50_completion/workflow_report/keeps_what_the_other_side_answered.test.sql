begin;
select plan(3);

select test.deploy('[{"name": "call", "action_type": "webhook", "target_endpoint": "https://example.com/x"}, {"name": "later", "action_type": "webhook", "target_endpoint": "https://example.com/y"}]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'call'), '{"status": "completed", "http_status": 201}') from claimed;
select test.report(test.claim_of(answer, 'later'), '{"status": "waiting", "http_status": 202}') from claimed;

select is((test.log_of(run, 'call')).http_status, 201, 'of an attempt that completed') from given;
select is((test.log_of(run, 'later')).http_status, 202, 'of one that waits') from given;
select public.workflow_answer((test.log_of(run, 'later')).id, 1, '{"status": "completed"}') from given;
select is((test.log_of(run, 'later')).http_status, 202, 'also when the answer has come') from given;

select * from finish();
rollback;
