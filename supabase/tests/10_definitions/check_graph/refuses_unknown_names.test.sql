begin;
select plan(3);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "depends_on": ["b", "nobody"], "compensate_with": "nothing"},
    {"name": "b", "action_type": "choice", "payload": {"choices": [{"if": "1 == 1", "then": ["nowhere"]}], "else": "no_more"}}
  ]}') -> 'errors',
  '[
    {"pointer": "/actions/0/depends_on", "fault": "It names \"nobody\", which this workflow does not have"},
    {"pointer": "/actions/0/compensate_with", "fault": "It names \"nothing\", which this workflow does not have"},
    {"pointer": "/actions/1/payload/choices/0/then", "fault": "It names \"nowhere\", which this workflow does not have"},
    {"pointer": "/actions/1/payload/else", "fault": "It names \"no_more\", which this workflow does not have"}
  ]',
  'in every field that names actions'
);
select test.create_workflow('w');
select is(
  test.error_of($$update public.workflow_action set depends_on = '{nobody}'$$),
  '{
    "code": "PT422",
    "details": "definition.graph_invalid",
    "message": "Cannot save action \"a\" of workflow \"w\" at /depends_on: it names \"nobody\", which this workflow does not have",
    "hint": "Insert actions that name each other in one statement, or save the whole definition with workflow_deploy."
  }',
  'whoever writes the table is told so too'
);
select throws_ok(
  $$delete from public.workflow_action where name = 'a'; insert into public.workflow_action (workflow_id, name, action_type, depends_on) select id, 'b', 'log', '{a}' from public.workflow$$,
  'PT422', null,
  'an action that was deleted is unknown'
);

select * from finish();
rollback;
