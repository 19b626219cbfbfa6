begin;
select plan(3);

create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1}]'),
  test.start_run('{"items": [1, 2, 3]}') as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "completed"}');
select public.workflow_stop(action_id => (test.log_of(run, 'each')).id) from given;

select is(test.items(run), array['completed', 'stopped', 'stopped'], 'that have not ended') from given;
select is(test.work_off(), 0, 'none follows');
select is(test.run_status(run), 'stopped', 'the run is over') from given;

select * from finish();
rollback;
