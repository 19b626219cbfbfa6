begin;
select plan(1);

create temporary table given on commit drop as select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
select test.forget_rings();
select public.workflow_signal(run, 'order.paid') from given;

select is(test.count_rings(), 1::bigint, 'to give it to the action that waits');

select * from finish();
rollback;
