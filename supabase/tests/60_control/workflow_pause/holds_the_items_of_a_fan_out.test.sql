begin;
select plan(4);

create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1}]'),
  test.start_run('{"items": [1, 2, 3]}') as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "completed"}');
select public.workflow_pause(run) from given;

select is(test.work_off(), 0, 'in the middle');
select is(test.items(run), array['completed', 'not_started', 'not_started'], 'where they were') from given;
select public.workflow_resume(run) from given;
select is(test.work_off(), 2, 'and they go on');
select is(test.run_status(run), 'completed', 'to the end') from given;

select * from finish();
rollback;
