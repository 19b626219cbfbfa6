begin;
select plan(2);

select is(
  test.error_of($$select public.workflow_pause('00000000-0000-7000-8000-000000000000')$$) - 'hint',
  '{"code": "PT404", "details": "run.unknown", "message": "There is no run 00000000-0000-7000-8000-000000000000"}',
  'a run'
);
select is(
  test.error_of($$select public.workflow_pause(workflow_id => '00000000-0000-7000-8000-000000000000')$$) - 'hint',
  '{"code": "PT404", "details": "workflow.unknown", "message": "There is no workflow 00000000-0000-7000-8000-000000000000"}',
  'a workflow'
);

select * from finish();
rollback;
