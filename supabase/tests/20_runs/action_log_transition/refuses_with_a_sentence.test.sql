begin;
select plan(1);

select test.create_workflow('w');
select test.start_run();
select test.work_off();

select throws_ok(
  $$update public.workflow_action_logs set status = 'not_started', completed_at = null$$,
  'PT409',
  format('Cannot set action log %s to not_started: current value is completed', (select id from public.workflow_action_logs)),
  'the error names the row, what was wanted and what it is'
);

select * from finish();
rollback;
