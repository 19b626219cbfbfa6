begin;
select plan(3);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1000}]');
create temporary table given on commit drop as
select test.start_run(jsonb_build_object('items', (select jsonb_agg(n) from generate_series(1, 10000) n))) as run;

select is(
  test.work_off(jsonb_build_object('each', jsonb_build_object('output', repeat('x', 1000)))),
  10000,
  'each of 10,000 items runs once, and returns a kilobyte'
);
select is(jsonb_array_length((test.log_of(run, 'each')).output), 10000, 'and has its result') from given;
select is(test.run_status(run), 'completed', 'and the run completes') from given;

select * from finish();
rollback;
