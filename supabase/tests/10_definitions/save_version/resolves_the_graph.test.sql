-- A version holds the graph by id: what each action follows, undoes and chooses.
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "pick", "action_type": "choice", "order": 2, "payload": {"choices": [{"if": "1 == 1", "then": "c"}], "else": []}},
  {"name": "c", "action_type": "log", "order": 3, "compensate_with": "undo"},
  {"name": "d", "action_type": "log", "order": 3, "depends_on": ["a"]},
  {"name": "undo", "action_type": "log", "order": 1}
]');

select results_eq(
  $$
    select v.name, array(
      select d.name from workflow_engine.action_version d where d.workflow_action_id = any (v.depends_on) order by 1
    ), v.is_compensation, (v.compensate_with is not null)
    from workflow_engine.action_version v
    order by v.name
  $$,
  $$
    values
      ('a', '{}'::text[], false, false),
      ('c', '{pick}', false, true),
      ('d', '{a}', false, false),
      ('pick', '{a}', false, false),
      ('undo', '{}', true, false)
  $$,
  'names, orders and choices made edges'
);
select is(
  (select choices from workflow_engine.action_version where name = 'pick'),
  (
    select jsonb_build_array(
      jsonb_build_object('condition', '1 == 1', 'targets', jsonb_build_array(c.id), 'names', '["c"]'::jsonb),
      '{"condition": null, "targets": null, "names": []}'::jsonb
    )
    from public.workflow_action c where c.name = 'c'
  ),
  'and the rules of a choice'
);

select * from finish();
rollback;
