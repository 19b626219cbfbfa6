-- What is held is out of the way of claims, however much of it there is, and whatever holds it.
begin;
select plan(5);

select test.create_workflow('w');
select test.deploy('[{"name": "b", "action_type": "send_email"}]', '{"name": "mails", "trigger": "mail.happened"}');
select test.create_workflow('other', trigger => 'other.happened');
select test.start_run() from generate_series(1, 10);
select test.start_run(event => 'mail.happened') from generate_series(1, 10);
create temporary table given on commit drop as select test.start_run(event => 'other.happened') as run from generate_series(1, 10);
select public.workflow_pause(workflow_id => id) from public.workflow where name = 'w';
select public.workflow_pause(action_type => 'send_email');
select public.workflow_pause(run) from given;
select test.claim();

select is((select count(*) from public.workflow_action_logs where is_held), 30::bigint, 'one look holds all of it');
select is(workflow_engine.has_work(workflow_engine.clock()), false, 'the next one finds no work');
select is(test.claim() -> 'next_due_ms', 'null', 'and nothing that is due some time');
select test.configure();
select public.workflow_action_log_cron();
select is((select count(*) from net.http_request_queue), 0::bigint, 'nor does the tick wake anybody');
select public.workflow_resume(run) from given limit 1;
select is(jsonb_array_length(workflow_engine.claim_batch('test-worker', 1) -> 'claims'), 1, 'what may go on is found at once');

select * from finish();
rollback;
