begin;
select plan(2);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "order": 2}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true, "error": "It is down"}}');
create temporary table before on commit drop as
select jsonb_path_query_array(public.workflow_timeline(run), '$.entries[*].kind') as kinds from given;
select public.workflow_retry(run) from given;

select is(
  jsonb_path_query_array(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "run_failed" || @.kind == "attempt_failed" || @.kind == "action_skipped").kind'),
  '["attempt_failed", "action_skipped", "run_failed"]',
  'how it had ended'
)
from given;
select is(
  jsonb_path_query_first(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "action_skipped")') - 'at' - 'action_id',
  '{"kind": "action_skipped", "action": "b", "reason": "dependency"}',
  'and what was passed over, and why'
)
from given;

select * from finish();
rollback;
