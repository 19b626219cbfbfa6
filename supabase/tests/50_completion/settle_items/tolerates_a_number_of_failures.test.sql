begin;
select plan(4);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "tolerated_failure_count": 1},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as
select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}]}') as one, null::uuid as two;
select test.work_off('{"each": {"output": "ok"}, "each[1]": {"status": "failed", "final": true}}');
update given set two = test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}]}');
select test.work_off('{"each[0]": {"status": "failed", "final": true}, "each[1]": {"status": "failed", "final": true}}');

select is(test.statuses(one), '{"each": "completed", "end": "completed"}', 'one of three may fail') from given;
select is((test.log_of(one, 'each')).output, '["ok", null, "ok"]', 'and leaves null in its place') from given;
select is(test.run_status(one), 'completed', 'the run completes') from given;
select is((test.log_of(two, 'each')).error, '2 of 3 items failed', 'two may not') from given;

select * from finish();
rollback;
