begin;
select plan(3);

select test.create_workflow('w');
select test.start_run();

select throws_ok(
  $$update public.workflow_run set status = 'completed'$$,
  '23514',
  'new row for relation "workflow_run" violates check constraint "run_has_ended_when_it_says_so"',
  'a run that has ended says when'
);

select throws_ok(
  $$update public.workflow_run set completed_at = now()$$,
  '23514',
  'new row for relation "workflow_run" violates check constraint "run_has_ended_when_it_says_so"',
  'a run that says when has ended'
);

select throws_ok(
  $$update public.workflow_run set status = 'asleep'$$,
  '23514',
  'new row for relation "workflow_run" violates check constraint "run_status_is_known"',
  'another status is refused'
);

select * from finish();
rollback;
