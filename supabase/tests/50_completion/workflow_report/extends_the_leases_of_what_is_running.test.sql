-- The heartbeat: at least lease_grace from now, and never shorter than it was.
begin;
select plan(1);

select test.create_workflow('w', '{1,1}');
update public.workflow_action set timeout_seconds = 1000 where name = 'b';
select test.start_run();
create temporary table given on commit drop as select test.claim() as answer;
update public.workflow_action_logs set lease_expires_at = clock_timestamp() + interval '1 second'
where id = (select (test.claim_of(answer, 'a') ->> 'id')::uuid from given);

select public.workflow_report('test-worker', '[]', (
  select jsonb_agg(jsonb_build_object('id', c -> 'id', 'attempt', 1)) from given, jsonb_array_elements(answer -> 'claims') c
));

select results_eq(
  $$
    select round(extract(epoch from l.lease_expires_at - clock_timestamp()) / 10)
    from public.workflow_action_logs l join public.workflow_action a on a.id = l.workflow_action_id order by a.name
  $$,
  'values (3::numeric), (103)',
  'a short lease lasts for half a minute more, a long one as before'
);

select * from finish();
rollback;
