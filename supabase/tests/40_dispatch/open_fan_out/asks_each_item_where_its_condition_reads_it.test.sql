begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "condition": "$.item.v > 1"},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}]}') as run;
select test.work_off('{"each": {"output": "done"}}');

select is(test.items(run), array['skipped', 'completed', 'completed'], 'each item is asked for itself') from given;
select is((test.log_of(run, 'each')).output, '[null, "done", "done"]', 'a skipped one has no result') from given;
select is(test.statuses(run), '{"each": "completed", "end": "completed"}', 'and the run goes on') from given;

select * from finish();
rollback;
