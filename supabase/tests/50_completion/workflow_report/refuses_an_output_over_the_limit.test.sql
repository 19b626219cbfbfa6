begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
update workflow_engine.settings set output_bytes = 100;
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off(jsonb_build_object('a', jsonb_build_object('output', repeat('x', 200))));

select results_eq(
  $$select l.status, l.final, l.output, l.error from given, test.log_of(run, 'a') l$$,
  $$values ('failed', true, null::jsonb, 'The output has more than 100 bytes')$$,
  'the action fails for good, and says why'
);
select is(test.run_status(run), 'failed', 'and its run with it') from given;

update given set run = test.start_run();
select test.work_off('{"a": {"output": "short"}}');
select is(test.run_status(run), 'completed', 'an output below it is fine') from given;

select * from finish();
rollback;
