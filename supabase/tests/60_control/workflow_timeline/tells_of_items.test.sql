begin;
select plan(1);

create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1}]'),
  test.start_run('{"items": [1, 2]}') as run;
select test.work_off('{"each[1]": {"status": "failed", "final": true}}');

select results_eq(
  $$
    select e ->> 'kind', (e ->> 'item_index')::integer
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ? 'item_index' and e ->> 'kind' <> 'action_ready'
    order by n
  $$,
  $$values
    ('attempt_started', 0), ('action_completed', 0), ('attempt_started', 1), ('attempt_failed', 1), ('action_failed', 1)$$,
  'which is which'
);

select * from finish();
rollback;
