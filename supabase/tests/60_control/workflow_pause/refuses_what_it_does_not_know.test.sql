begin;
select plan(3);

select test.create_workflow('w');

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

select is(
  test.error_of($$select public.workflow_pause(action_type => 'send_emial')$$),
  '{"code": "PT404", "details": "action_type.unknown", "message": "No action has the type \"send_emial\"", "hint": "There are log."}',
  'an action type'
);

select * from finish();
rollback;
