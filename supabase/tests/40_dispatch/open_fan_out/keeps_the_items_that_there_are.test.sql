-- A failure that an application writes on the log of a fan-out is retried like any other.
begin;
select plan(6);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 2},
  {"name": "end", "action_type": "log", "order": 2}
]');
create temporary table given on commit drop as select test.start_run('{"items": ["a", "b", "c"]}') as run;
select test.claim();
update public.workflow_action_logs l
set status = 'failed', error = 'The application says so'
from given
where l.run_id = given.run and l.item_index is null;
select is(test.items(run), array['processing', 'processing', 'not_started'], 'its items go on') from given;
select public.workflow_action_log_cron();
select is((test.log_of(run, 'each')).status, 'not_started', 'it is to be tried again') from given;

select test.travel('10 minutes');
select lives_ok($$select test.claim()$$, 'a claim takes it up');
select is((test.log_of(run, 'each')).status, 'waiting', 'it waits for its items once more') from given;
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), jsonb_build_object('status', 'completed', 'output', l.item))
from public.workflow_action_logs l
where l.status = 'processing';
select test.work_off('{"each[2]": {"output": "c"}}');
select is((test.log_of(run, 'each')).output, '["a", "b", "c"]', 'which are done once each') from given;
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
