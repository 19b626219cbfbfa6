begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as select test.start_run('{"items": [{"v": "x"}, {"v": 2}, {"v": null}]}') as run;

select is(
  jsonb_path_query_array(test.claim(), '$.claims[*].values'),
  '[["x"], [2], [null]]',
  'each item is claimed, in order, and a template reads it with its type'
);
select is(test.statuses(run), '{"each": "waiting"}', 'the action itself waits for them') from given;
select results_eq(
  $$select item_index, item from public.workflow_action_logs where item_index is not null order by 1$$,
  $$values (0, '{"v": "x"}'::jsonb), (1, '{"v": 2}'), (2, '{"v": null}')$$,
  'each item has a log of its own'
);

select * from finish();
rollback;
