begin;
select plan(2);

create function test.warnings_of(depends_on jsonb, join_count integer) returns jsonb language sql as $$
  select public.workflow_check(jsonb_build_object('name', 'w', 'trigger', 't', 'actions', jsonb '[
    {"name": "pick", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n == 1", "then": ["a", "b"]}], "else": "c"}},
    {"name": "a", "action_type": "log", "order": 2},
    {"name": "b", "action_type": "log", "order": 2},
    {"name": "c", "action_type": "log", "order": 2},
    {"name": "d", "action_type": "log", "depends_on": []}
  ]' || jsonb_build_object('name', 'join', 'action_type', 'log', 'order', 3, 'depends_on', depends_on, 'join_count', join_count)));
$$;

select is(
  test.warnings_of('["a", "c", "d"]', 3),
  '{"errors": [], "warnings": [{"pointer": "/actions/5/join_count", "warning": "It waits for 3 actions, but the choice \"pick\" lets no more than 2 of those run that it follows"}]}',
  'of opposite branches, only one is taken'
);
select results_eq(
  $$values (test.warnings_of('["a", "c", "d"]', 2) -> 'warnings'), (test.warnings_of('["a", "b", "d"]', 3) -> 'warnings')$$,
  $$values (jsonb '[]'), ('[]')$$,
  'what one branch can meet is well'
);

select * from finish();
rollback;
