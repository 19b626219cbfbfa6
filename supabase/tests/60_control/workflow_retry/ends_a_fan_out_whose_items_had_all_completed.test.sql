-- It had failed because its outputs were too much together.
begin;
select plan(3);

update workflow_engine.settings set fan_out_output_bytes = 10;
create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items"}]'), test.start_run('{"items": [1, 2]}') as run;
select test.work_off('{"each": {"output": "long enough"}}');
select is(test.run_status(run), 'failed', 'while the limit was low') from given;
update workflow_engine.settings set fan_out_output_bytes = 1000;
select public.workflow_retry(run) from given;
select test.work_off();

select is((test.log_of(run, 'each')).output, '["long enough", "long enough"]', 'now they are gathered') from given;
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
