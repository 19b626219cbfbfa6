begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as select test.start_run('{"items": []}') as run;

select is(
  jsonb_path_query_array(test.claim(), '$.claims[*].values'),
  '[[[]]]',
  'what follows is claimed at once, and reads an empty array'
);
select is((test.log_of(run, 'each')).status, 'completed', 'the action has completed') from given;
select is((test.log_of(run, 'each')).output, '[]', 'with an empty array') from given;

select * from finish();
rollback;
