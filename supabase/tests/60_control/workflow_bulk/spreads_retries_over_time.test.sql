begin;
select plan(3);

select test.create_workflow('w');
create temporary table given on commit drop as select n, test.start_run() as run from generate_series(1, 3) n;
select test.work_off('{"a": {"status": "failed", "final": true}}');
select public.workflow_bulk('retry', '{"workflow": "w"}', false, per_minute => 2);

select results_eq(
  $$select n, ((test.log_of(run, 'a')).execute_at - (select (test.log_of(run, 'a')).execute_at from given where n = 1)) from given order by n$$,
  $$values (1, interval '0'), (2, '30 seconds'), (3, '60 seconds')$$,
  'so many a minute'
);
select is(test.work_off(), 1, 'one now');
select test.travel('31 seconds');
select is(test.work_off(), 1, 'one half a minute later');

select * from finish();
rollback;
