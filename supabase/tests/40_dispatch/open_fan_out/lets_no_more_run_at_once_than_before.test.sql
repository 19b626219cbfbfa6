-- Items that are being executed keep their places while others are repeated.
begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 2, "tolerated_failure_count": 4}
]');
create temporary table given on commit drop as select test.start_run('{"items": [0, 1, 2, 3, 4, 5]}') as run;
create temporary table claimed on commit drop as select test.claim() -> 'claims' as claims;
select test.report(claims -> 0, '{"status": "failed", "final": true}'), test.report(claims -> 1, '{"status": "failed", "final": true}') from claimed;
create temporary table others on commit drop as select test.claim() -> 'claims' as claims;
update public.workflow_action_logs l
set status = 'failed', error = 'The application says so'
from given
where l.run_id = given.run and l.item_index is null;
select public.workflow_action_log_cron();
select test.travel('10 minutes');
select test.claim();

select is(
  test.items(run), array['not_started', 'not_started', 'processing', 'processing', 'not_started', 'not_started'],
  'there is no place for those that failed'
)
from given;
select test.report(claims -> 0, '{"status": "completed"}') from others;
select test.claim();
select is(
  test.items(run), array['processing', 'not_started', 'completed', 'processing', 'not_started', 'not_started'],
  'until another one ends'
)
from given;
select test.report(claims -> 1, '{"status": "completed"}') from others;
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), '{"status": "completed"}')
from public.workflow_action_logs l
where l.status = 'processing';
select test.work_off();
select is(test.run_status(run), 'completed', 'and all come to their turn') from given;

select * from finish();
rollback;
