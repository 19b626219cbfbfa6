begin;
select plan(1);

select test.create_workflow('w', '{1,2}');
update public.workflow_action set delay = '30 minutes';
select test.start_run();
select test.travel('2 hours');
select test.work_off();

select ok(
  (select min(execute_at) between workflow_engine.clock() + interval '29 minutes 55 s' and workflow_engine.clock() + interval '30 minutes' from public.workflow_action_logs where status = 'not_started'),
  'the second delay begins when the first action has ended'
);

select * from finish();
rollback;
