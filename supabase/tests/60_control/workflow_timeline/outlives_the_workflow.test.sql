-- Its versions are deleted with it; what its runs did stays told, by name.
begin;
select plan(3);

create temporary table given on commit drop as
select test.deploy('[
  {"name": "a", "action_type": "log", "max_retries": 0},
  {"name": "b", "action_type": "log", "order": 2, "run_if": "always", "for_each": "$.event.items"}
]') as workflow, test.start_run('{"items": [1, 2]}') as run;
select public.workflow_pause(action_type => 'log');
select public.workflow_resume(action_type => 'log');
select test.work_off('{"a": {"status": "failed", "error": "Busy"}}');
create temporary table told on commit drop as select public.workflow_timeline(run) as before, null::jsonb as after from given;
select set_config('request.jwt.claims', '{"email": "ada@example.com"}', true);
delete from public.workflow where id in (select workflow from given);
update told set after = public.workflow_timeline(run) from given;

select isnt(before #> '{entries,16}', null, 'there is much to tell') from told;
select is(
  jsonb_path_query_array(after, '$.entries[*].kind'), jsonb_path_query_array(before, '$.entries[*].kind'),
  'everything is told as before'
)
from told;
select is(
  jsonb_path_query_array(after, '$.entries[*].action'), jsonb_path_query_array(before, '$.entries[*].action'), 'with its name'
)
from told;

select * from finish();
rollback;
