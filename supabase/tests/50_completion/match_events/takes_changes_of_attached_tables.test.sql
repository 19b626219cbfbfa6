begin;
select plan(2);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', organization_column => 'organization_id');
create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "public.test_orders.update", "match": {"record": {"id": 7, "status": "paid"}}}') as run;
insert into public.test_orders (id, status) values (7, 'open'), (8, 'open');
update public.test_orders set status = 'paid' where id = 8;
update public.test_orders set status = 'packed' where id = 7;
select test.work_off();

select is((test.log_of(run, 'ask')).status, 'waiting', 'not another row, nor another change') from given;
update public.test_orders set status = 'paid' where id = 7;
select test.work_off();
select is((test.log_of(run, 'ask')).output #> '{event,payload,old_record,status}', '"packed"', 'the payload is the change') from given;

select * from finish();
rollback;
