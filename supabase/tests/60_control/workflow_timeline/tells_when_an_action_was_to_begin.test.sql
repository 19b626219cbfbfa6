-- Also after it has begun, or begun again, or waits, or waits for its items.
begin;
select plan(2);

select test.deploy('[
  {"name": "retried", "action_type": "log", "delay": "1 hour", "depends_on": []},
  {"name": "waiting", "action_type": "log", "depends_on": []},
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1, "depends_on": []},
  {"name": "next", "action_type": "log", "delay": "1 day", "depends_on": ["retried"]}
]');
create temporary table given on commit drop as select test.start_run('{"items": [1, 2]}') as run;
create temporary table planned on commit drop as
select p.name, (p.log).execute_at from given, test.logs(run) p;
select test.travel('1 hour');
select test.report(c, '{"status": "failed"}') from test.claim_of(test.claim(), 'retried') c where c is not null;
select test.work_off('{"waiting": {"status": "waiting"}, "each": {"status": "waiting"}}');

select results_eq(
  $$
    select e ->> 'action', (e ->> 'execute_at')::timestamptz
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e
    where e ->> 'kind' = 'action_ready' and not e ? 'item_index'
    order by 1
  $$,
  'select p.name, p.execute_at from planned p order by 1',
  'as it was planned'
);
select is(
  jsonb_path_query_array(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "action_ready" && @.item_index == 1)') #>> '{0,execute_at}',
  null,
  'an item that awaits its turn has no time'
)
from given;

select * from finish();
rollback;
