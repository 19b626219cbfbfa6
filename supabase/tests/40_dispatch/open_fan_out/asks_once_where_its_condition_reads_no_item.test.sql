begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "condition": "$.event.go == true"},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as
select test.start_run('{"items": [{"v": 1}], "go": false}') as no, test.start_run('{"items": [{"v": 1}], "go": true}') as yes;
select test.work_off();

select is(test.items(no), null, 'without a true result there are no items') from given;
select is(test.reasons(no), '{"each": "condition"}', 'the action is skipped as a whole') from given;
select is(test.items(yes), array['completed'], 'with one there are') from given;

select * from finish();
rollback;
