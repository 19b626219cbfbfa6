begin;
select plan(1);

select test.create_workflow('w');
select test.start_run();
create temporary table given on commit drop as select test.claim() #>> '{claims,0,id}' as id;
select test.expire_leases();
select public.workflow_report('lost-worker', '[]', jsonb_build_array(jsonb_build_object('id', id, 'attempt', 7))) from given;

select ok((select lease_expires_at < clock_timestamp() from public.workflow_action_logs), 'who quotes another attempt extends nothing');

select * from finish();
rollback;
