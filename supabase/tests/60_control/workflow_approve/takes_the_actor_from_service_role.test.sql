begin;
select plan(2);

select test.start_wait('{"kind": "approval", "message": "Well?", "role": "finance", "tokens": []}', organization_id => 'a') from generate_series(1, 2);
select test.act_as('service_role');

select is(
  public.workflow_approve((select min(id::text)::uuid from public.workflow_approval), actor => 'Ada') ->> 'decided_by', 'Ada', 'without any role'
);
select is(
  public.workflow_approve((select max(id::text)::uuid from public.workflow_approval)) ->> 'decided_by', 'service_role', 'or names itself'
);

select * from finish();
rollback;
