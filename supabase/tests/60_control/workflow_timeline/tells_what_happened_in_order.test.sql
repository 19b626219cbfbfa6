begin;
select plan(3);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log", "order": 2},
  {"name": "c", "action_type": "log", "order": 3, "condition": "1 == 2"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "failed", "error": "Busy", "http_status": 503, "retry_after_ms": 0}');
select test.work_off('{"b": {"http_status": 200}}');
create temporary table told on commit drop as select public.workflow_timeline(run) as timeline from given;

select is(timeline -> 'run', (select to_jsonb(r) from public.workflow_run r), 'the run as it is') from told;
select results_eq(
  $$
    select e ->> 'kind', e ->> 'action', (e ->> 'attempt')::integer
    from told, jsonb_array_elements(timeline -> 'entries') with ordinality t (e, n)
    order by n
  $$,
  $$values
    ('run_created', null, null), ('action_ready', 'a', null), ('attempt_started', 'a', 1), ('attempt_failed', 'a', 1),
    ('attempt_started', 'a', 2), ('action_completed', 'a', 2),
    ('action_ready', 'b', null), ('attempt_started', 'b', 1), ('action_completed', 'b', 1), ('action_skipped', 'c', 0), ('run_completed', null, null)$$,
  'and all that it did'
);
select is(
  (select array_agg((e ->> 'at')::timestamptz order by n) from jsonb_array_elements(timeline -> 'entries') with ordinality t (e, n)),
  (select array_agg((e ->> 'at')::timestamptz order by (e ->> 'at')::timestamptz) from jsonb_array_elements(timeline -> 'entries') e),
  'at which times'
)
from told;

select * from finish();
rollback;
