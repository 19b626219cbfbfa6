-- What completed stays, although the fan-out has to wait until what it follows has ended once more.
begin;
select plan(6);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "mails", "action_type": "log", "depends_on": ["a"], "run_if": "always", "for_each": "$.event.items"}
]');
create temporary table given on commit drop as select test.start_run('{"items": ["one", "two"]}') as run;
select test.work_off('{
  "a": {"status": "failed", "final": true}, "mails[0]": {"output": "sent"}, "mails[1]": {"status": "failed", "final": true}
}');
select is(test.statuses(run), '{"a": "failed", "mails": "failed"}', 'both broke') from given;
select public.workflow_retry(run) from given;
select is(test.items(run), array['completed', 'failed'], 'the items are left alone meanwhile') from given;

select is(jsonb_path_query_array(test.claim(), '$.actions.*.name'), '["a"]', 'first what went first');
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), '{"status": "completed"}') from given, test.log_of(run, 'a') l;
select test.claim();
select is(test.items(run), array['completed', 'processing'], 'then the item that failed, and no other') from given;
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), '{"status": "completed", "output": "sent now"}')
from public.workflow_action_logs l
where l.status = 'processing';
select is((test.log_of(run, 'mails')).output, '["sent", "sent now"]', 'outputs of both rounds') from given;
select is(test.run_status(run), 'completed', 'and the run ends well') from given;

select * from finish();
rollback;
