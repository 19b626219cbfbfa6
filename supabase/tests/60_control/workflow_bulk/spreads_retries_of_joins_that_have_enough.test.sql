-- The join broke too, and need not wait for what is repeated before it.
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log"},
  {"name": "c", "action_type": "log", "depends_on": ["a", "b"], "join_count": 1}
]');
select test.start_run() from generate_series(1, 2);
select test.work_off('{"b": {"status": "failed", "final": true}, "c": {"status": "failed", "final": true}}');
select public.workflow_bulk('retry', '{"workflow": "w"}', false, per_minute => 2);

select is(test.work_off(), 1, 'one now');
select test.travel('31 seconds');
select is(test.work_off(), 1, 'one half a minute later');

select * from finish();
rollback;
