-- What decided that the question is asked has changed since.
begin;
select plan(4);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.deploy('[
  {"name": "ask", "action_type": "approval", "condition": "$.record.status == \"new\"",
    "payload": {"message": "Well, {{ $.record.status }}?", "expires_in": "5 days", "remind_after": "1 day"}},
  {"name": "next", "action_type": "log", "order": 2}
]', '{"trigger": "public.test_orders.insert"}');
insert into public.test_orders (id, status) values (1, 'new');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well, new?", "expires_in": "5 days", "remind_after": "1 day", "tokens": []}}}');
create temporary table given on commit drop as select id as run from public.workflow_run;
update public.test_orders set status = 'old';
select test.travel('25 hours');

create temporary table claimed on commit drop as select test.claim() as answer;
select is(answer #> '{claims,0,meta}', '{"reminder": 1}', 'it goes out although the condition would be false now') from claimed;
select is((select status from public.workflow_approval), 'pending', 'the question stays open');
select is((test.log_of(run, 'ask')).meta #> '{condition,result}', 'true', 'what decided the condition stays, too') from given;
select is(test.statuses(run), '{"ask": "processing"}', 'and nothing goes on without a decision') from given;

select * from finish();
rollback;
