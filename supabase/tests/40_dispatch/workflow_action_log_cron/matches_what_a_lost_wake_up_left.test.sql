begin;
select plan(3);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
insert into public.test_orders (id) values (1);
select test.configure();

select is(public.workflow_action_log_cron(), '{"events": 1, "due": 1}', 'the tick matches the event');
select is((select count(*) from net.http_request_queue), 1::bigint, 'and rings for what is due');
select is((select count(*) from workflow_engine.wake_request), 0::bigint, 'and sweeps the requests of wake-ups');

select * from finish();
rollback;
