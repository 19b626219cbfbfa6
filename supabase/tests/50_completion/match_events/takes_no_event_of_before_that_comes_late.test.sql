-- Its transaction began before the run did, and was long.
begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
insert into public.workflow_event (name, source, occurred_at) values ('order.paid', 'table', workflow_engine.clock() - interval '1 hour');
select test.work_off();

select is((test.log_of(run, 'ask')).status, 'waiting', 'it counts from when it happened') from given;

select * from finish();
rollback;
