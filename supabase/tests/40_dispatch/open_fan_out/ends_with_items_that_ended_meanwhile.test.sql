-- An application wrote a failure on the log of a fan-out, and its items ended before that was retried.
begin;
select plan(2);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items"}]');
create temporary table given on commit drop as select test.start_run('{"items": ["a", "b"]}') as run;
select test.claim();
update public.workflow_action_logs l
set status = 'failed', error = 'The application says so'
from given
where l.run_id = given.run and l.item_index is null;
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), jsonb_build_object('status', 'completed', 'output', l.item))
from public.workflow_action_logs l
where l.status = 'processing';
select public.workflow_action_log_cron();
select test.travel('10 minutes');
select test.claim();

select is((test.log_of(run, 'each')).output, '["a", "b"]', 'their outputs are its own') from given;
select is(test.run_status(run), 'completed', 'and the run ends well') from given;

select * from finish();
rollback;
