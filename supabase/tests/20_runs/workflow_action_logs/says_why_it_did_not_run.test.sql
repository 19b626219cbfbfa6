begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
select test.start_run();

select throws_ok(
  $$update public.workflow_action_logs set status = 'skipped', completed_at = workflow_engine.clock()$$,
  '23514', 'new row for relation "workflow_action_logs" violates check constraint "skipped_has_a_reason"',
  'a skip has a reason'
);
select throws_ok(
  $$update public.workflow_action_logs set status = 'skipped', completed_at = workflow_engine.clock(), reason = 'mood'$$,
  '23514', 'new row for relation "workflow_action_logs" violates check constraint "reason_is_known"',
  'one of a few'
);
select throws_ok(
  $$update public.workflow_action_logs set reason = 'condition'$$,
  '23514', 'new row for relation "workflow_action_logs" violates check constraint "only_what_did_not_run_has_a_reason"',
  'and nothing else has one'
);

select * from finish();
rollback;
