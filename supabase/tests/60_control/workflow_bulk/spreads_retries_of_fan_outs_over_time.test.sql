begin;
select plan(2);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items"}]');
create temporary table given on commit drop as select n, test.start_run('{"items": [1]}') as run from generate_series(1, 2) n;
select test.work_off('{"each": {"status": "failed", "final": true}}');
select public.workflow_bulk('retry', '{"workflow": "w"}', false, per_minute => 2);

select is(test.work_off(), 1, 'one now');
select test.travel('31 seconds');
select is(test.work_off(), 1, 'one half a minute later');

select * from finish();
rollback;
