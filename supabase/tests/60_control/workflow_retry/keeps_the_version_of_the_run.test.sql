begin;
select plan(2);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "order": 2}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
select test.age_versions();
select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "c", "action_type": "log", "order": 2}]');
select public.workflow_retry(run) from given;
select test.work_off();

select is(test.statuses(run), '{"a": "completed", "b": "completed"}', 'whatever was deployed meanwhile') from given;
select is(r.workflow_version, min(v.version), 'as the run says') from public.workflow_run r, workflow_engine.workflow_version v group by r.workflow_version;

select * from finish();
rollback;
