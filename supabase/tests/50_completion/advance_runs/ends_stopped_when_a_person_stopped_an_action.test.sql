-- What a person stopped is neither a success nor a failure.
begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
update public.workflow_action_logs set status = 'stopped', completed_at = workflow_engine.clock();

select is(test.statuses(run), '{"a": "stopped", "b": "skipped"}', 'what follows is skipped') from given;
select is(test.run_status(run), 'stopped', 'and the run is stopped') from given;

select * from finish();
rollback;
