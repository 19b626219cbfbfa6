begin;
select plan(2);

select test.deploy('[{"name": "a", "action_type": "log"}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off();
select test.age_versions();
select test.deploy('[{"name": "b", "action_type": "log"}]');
create temporary table replayed on commit drop as
select (public.workflow_replay(run) ->> 'run_id')::uuid as same, (public.workflow_replay(run, version => 'latest') ->> 'run_id')::uuid as latest
from given;

select is(test.statuses(same), '{"a": "not_started"}', 'the one that the run began with') from replayed;
select is(test.statuses(latest), '{"b": "not_started"}', 'or the latest') from replayed;

select * from finish();
rollback;
