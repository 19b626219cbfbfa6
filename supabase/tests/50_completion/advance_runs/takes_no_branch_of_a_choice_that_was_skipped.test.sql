begin;
select plan(2);

select public.workflow_deploy('{"name": "unasked", "trigger": "test.happened", "actions": [
  {"name": "before", "action_type": "log"},
  {"name": "choose", "order": 2, "action_type": "choice", "condition": "$.event.asks == true",
    "payload": {"choices": [{"if": "$.event.n > 1", "then": "many"}], "else": "few"}},
  {"name": "many", "order": 3, "action_type": "log", "depends_on": ["before"]},
  {"name": "few", "order": 3, "action_type": "log"},
  {"name": "after", "order": 4, "action_type": "log", "depends_on": ["choose"]}
]}');

select test.start_run('{"asks": false, "n": 2}');
select test.work_off();

select is(
  test.statuses((select r.id from public.workflow_run r limit 1)),
  '{"before": "completed", "choose": "skipped", "many": "skipped", "few": "skipped", "after": "completed"}'::jsonb,
  'a choice that was not asked takes none of its branches, and what merely follows it goes on'
);

select is(
  (select array_agg(distinct l.reason) from public.workflow_action_logs l join public.workflow_action a on a.id = l.workflow_action_id where a.name in ('many', 'few')),
  array['choice'],
  'its branches say so'
);

select * from finish();
rollback;
