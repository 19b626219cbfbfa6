begin;
select plan(2);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "tolerated_failure_percentage": 50}
]');
create temporary table given on commit drop as
select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}, {"v": 4}, {"v": 5}]}') as half, null::uuid as more;
select test.work_off('{"each[0]": {"status": "failed", "final": true}, "each[1]": {"status": "failed", "final": true}}');
update given set more = test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}, {"v": 4}, {"v": 5}]}');
select test.work_off('{"each[0]": {"status": "failed", "final": true}, "each[1]": {"status": "failed", "final": true}, "each[4]": {"status": "failed", "final": true}}');

select is(test.run_status(half), 'completed', 'two of five are not more than half') from given;
select is(test.run_status(more), 'failed', 'three are') from given;

select * from finish();
rollback;
