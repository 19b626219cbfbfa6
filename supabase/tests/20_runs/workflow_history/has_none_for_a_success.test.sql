begin;
select plan(1);

select test.create_workflow('w', '{1,2}');
select test.start_run();
select test.report(test.claim() #> '{claims,0}', '{"status": "released"}');
select test.work_off();

select is_empty(
  $$select from public.workflow_history where kind <> 'definition_saved'$$,
  'what was given back or completed leaves no failure'
);

select * from finish();
rollback;
