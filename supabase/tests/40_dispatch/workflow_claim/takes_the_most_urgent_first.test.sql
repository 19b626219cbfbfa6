-- Priority 0 before 9, then by due time.
begin;
select plan(1);

select test.create_workflow('slow', trigger => 'slow');
select test.create_workflow('fast', trigger => 'fast');
update public.workflow set priority = 9 where name = 'slow';
update public.workflow set priority = 0 where name = 'fast';

select test.start_run(event => 'slow');
select test.start_run(event => 'fast');
select test.start_run(event => 'fast');
update public.workflow_action_logs set execute_at = execute_at - interval '1 hour'
where id = (select max(id::text)::uuid from public.workflow_action_logs);

create temporary table given on commit drop as
select l.id, row_number() over (order by l.priority, l.execute_at) as position from public.workflow_action_logs l;

select is(
  (select jsonb_agg(id order by position) from given),
  jsonb_path_query_array(test.claim(), '$.claims[*].id'),
  'urgent ones first, the longest due of them first'
);

select * from finish();
rollback;
