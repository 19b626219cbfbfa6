begin;
select plan(1);

select test.create_workflow('w', '{1,2}');
select test.start_run();
select test.work_off();

select is_empty(
  $$select from public.workflow_history where kind <> 'definition_saved'$$,
  'its log tells of it'
);

select * from finish();
rollback;
