begin;
select plan(2);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1}]');
create temporary table given on commit drop as select test.start_run('{"items": [0, 1, 2]}') as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "completed", "output": 0}');
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;

select is(test.work_off('{"each[1]": {"output": 1}, "each[2]": {"output": 2}}'), 2, 'that had not ended');
select is((test.log_of(run, 'each')).output, '[0, 1, 2]', 'and keeps the others'' outputs') from given;

select * from finish();
rollback;
