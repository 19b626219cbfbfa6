-- A target_endpoint means that the application does it, whatever the type is called.
begin;
select plan(1);

select test.create_workflow('w');

select lives_ok(
  $$
    insert into public.workflow_action (workflow_id, action_type, target_endpoint, payload)
    select id, 'approval', '/approve', '{"anything": 1}' from public.workflow
  $$,
  'it knows what it wants'
);

select * from finish();
rollback;
