begin;
select plan(2);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "tolerated_failure_count": 1}]');
create temporary table given on commit drop as select test.start_run('{"items": [0, 1]}') as run;
select test.work_off('{"each": {"status": "failed", "final": true}}');
select public.workflow_retry(run) from given;
select test.work_off('{"each[0]": {"status": "failed", "final": true}, "each[1]": {"output": 1}}');

select is((test.log_of(run, 'each')).output, '[null, 1]', 'one failure is tolerated, as before') from given;
select is(test.run_status(run), 'completed', 'and the run ends well') from given;

select * from finish();
rollback;
