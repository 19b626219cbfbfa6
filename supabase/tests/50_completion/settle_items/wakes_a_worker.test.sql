-- A report takes what is due itself; an application that writes a status does not.
begin;
select plan(1);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1}]');
create temporary table given on commit drop as select test.start_run('{"items": [1, 2]}') as run;
select test.claim();
select test.forget_rings();
update public.workflow_action_logs set status = 'completed' where status = 'processing';

select is(test.count_rings(), 1::bigint, 'for the item that may run now');

select * from finish();
rollback;
