-- The graph is looked at without what is faulty by itself, and nothing is made up for that.
begin;
select plan(3);

select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "depends_on": ["nobody"], "delay": "soon"},
    {"name": "p", "action_type": "choice", "depends_on": [], "payload": {"choices": [{"if": "$.event.n >", "then": ["a", "nowhere"]}], "else": "no_more"}}
  ]}') -> 'errors',
  '[
    {"pointer": "/actions/0/delay", "fault": "Invalid input syntax for type interval: \"soon\""},
    {"pointer": "/actions/1/payload/choices/0/if", "fault": "The expression \"$.event.n >\" is invalid. Syntax error at end of jsonpath input"},
    {"pointer": "/actions/0/depends_on", "fault": "It names \"nobody\", which this workflow does not have"},
    {"pointer": "/actions/1/payload/choices/0/then", "fault": "It names \"nowhere\", which this workflow does not have"},
    {"pointer": "/actions/1/payload/else", "fault": "It names \"no_more\", which this workflow does not have"}
  ]',
  'names that do not exist, beside fields that are faulty'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log", "depends_on": ["b", "c"]},
    {"name": "b", "action_type": "log", "depends_on": ["a"]},
    {"name": "c", "action_type": "log", "depends_on": ["a"]},
    {"name": "d", "action_type": "log", "depends_on": ["e"]},
    {"name": "e", "action_type": "log", "depends_on": ["d"]}
  ]}') -> 'errors',
  '[
    {"pointer": "/actions", "fault": "The actions wait for each other and are never reached: a -> b -> a"},
    {"pointer": "/actions", "fault": "The actions wait for each other and are never reached: a -> c -> a"},
    {"pointer": "/actions", "fault": "The actions wait for each other and are never reached: d -> e -> d"}
  ]',
  'every cycle'
);
select is(
  public.workflow_check('{"name": "w", "trigger": "t", "actions": [
    {"name": "a", "action_type": "log"},
    {"name": "b", "action_type": "log", "order": "second", "run_if": "failure"},
    {"name": "c", "action_type": "log", "depends_on": "a", "join_count": 1}
  ]}') -> 'errors',
  '[
    {"pointer": "/actions/1/order", "fault": "Invalid input syntax for type integer: \"second\""},
    {"pointer": "/actions/2/depends_on", "fault": "Malformed array literal: \"a\""}
  ]',
  'and nothing that only follows from another fault'
);

select * from finish();
rollback;
