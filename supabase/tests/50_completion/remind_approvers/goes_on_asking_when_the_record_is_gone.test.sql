begin;
select plan(2);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.deploy('[{"name": "ask", "action_type": "approval", "condition": "$.record.status == \"new\"",
  "payload": {"message": "Well, {{ $.record.status }}?", "remind_after": "1 day"}}]', '{"trigger": "public.test_orders.insert"}');
insert into public.test_orders (id, status) values (1, 'new');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well, new?", "remind_after": "1 day", "tokens": []}}}');
delete from public.test_orders;
select test.travel('25 hours');

select is(test.claim() #> '{claims,0,meta}', '{"reminder": 1}', 'the handler is asked for a reminder');
select is((select status from public.workflow_approval), 'pending', 'and the question is open');

select * from finish();
rollback;
