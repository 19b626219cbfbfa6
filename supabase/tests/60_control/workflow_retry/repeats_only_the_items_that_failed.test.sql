-- And no more of them at once than the definition allows.
begin;
select plan(6);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 2, "tolerated_failure_count": 4},
  {"name": "end", "action_type": "log", "order": 2}
]');
create temporary table given on commit drop as select test.start_run('{"items": [0, 1, 2, 3, 4, 5]}') as run;
select test.work_off('{
  "each[0]": {"output": 0}, "each[1]": {"status": "failed", "final": true}, "each[2]": {"status": "failed", "final": true},
  "each[3]": {"status": "failed", "final": true}, "each[4]": {"status": "failed", "final": true}, "each[5]": {"status": "failed", "final": true}
}');
select is(test.run_status(run), 'failed', 'more failed than is tolerated') from given;
select public.workflow_retry(run) from given;
create temporary table claimed on commit drop as select test.claim() -> 'claims' as claims;
select is(
  test.items(run), array['completed', 'processing', 'processing', 'not_started', 'not_started', 'not_started'], 'those go back'
)
from given;
select is(jsonb_array_length(claims), 2, 'two at once') from claimed;
select test.report(claims -> 0, '{"status": "completed", "output": 1}') from claimed;
select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'and one more for each that ends');
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), jsonb_build_object('status', 'completed', 'output', l.item))
from public.workflow_action_logs l
where l.status = 'processing';
select test.work_off('{"each[3]": {"output": 3}, "each[4]": {"output": 4}, "each[5]": {"output": 5}}');
select is((test.log_of(run, 'each')).output, '[0, 1, 2, 3, 4, 5]', 'outputs of both rounds, in item order') from given;
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
