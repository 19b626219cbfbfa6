begin;
select plan(6);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log", "depends_on": ["a"], "payload": {"a": "{{ $.actions.a.output }}"}},
  {"name": "c", "action_type": "log", "depends_on": ["b"]},
  {"name": "beside", "action_type": "log", "depends_on": ["a"]},
  {"name": "not", "action_type": "log", "depends_on": ["a"], "condition": "1 == 2"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"output": 1}, "beside": {"output": null}}');
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'b') ->> 'run_id')::uuid as new_run from given;

select is(
  test.statuses(new_run), '{"a": "completed", "b": "not_started", "beside": "completed", "not": "skipped"}', 'what went before it, or beside, is copied'
)
from replayed;
select is((test.log_of(new_run, 'a')).output, '1', 'with its output') from replayed;
select is(test.reasons(new_run), '{"not": "condition"}', 'or its reason') from replayed;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select is(claim -> 'values', '[1]', 'which later actions see') from claimed;
select test.report(claim, '{"status": "completed"}') from claimed;
select is(test.work_off(), 1, 'it runs again, and what follows');
select is(test.run_status(new_run), 'completed', 'to the end') from replayed;

select * from finish();
rollback;
