begin;
select plan(4);

select test.create_workflow('w');
select test.start_run();
select test.act_as('service_role');

select throws_ok(
  $$update public.workflow_action_logs set status = 'waiting'$$,
  '23514',
  null,
  'what has not begun cannot wait'
);

select throws_ok(
  $$update public.workflow_action_logs set status = 'completed'$$,
  '23514',
  null,
  'what has not begun cannot be completed'
);

select throws_ok(
  $$update public.workflow_action_logs set execute_at = now()$$,
  '42501',
  'permission denied for table workflow_action_logs',
  'when it is due is not the application''s'
);

reset role;
select test.work_off();
select test.act_as('service_role');

select throws_like(
  $$update public.workflow_action_logs set status = 'failed'$$,
  'Cannot set action log % to failed: current value is completed',
  'what is completed cannot fail'
);

select * from finish();
rollback;
