begin;
select plan(1);

select test.deploy('[
  {"name": "list", "action_type": "log"},
  {"name": "each", "action_type": "log", "order": 2, "for_each": "$.actions.list.output", "payload": {"v": "{{ $.item }}"}}
]');
select test.start_run();
select test.report(test.claim_of(test.claim(), 'list'), '{"status": "completed", "output": ["a", "b"]}');

select is(jsonb_path_query_array(test.claim(), '$.claims[*].values'), '[["a"], ["b"]]', 'items may be what an action returned');

select * from finish();
rollback;
