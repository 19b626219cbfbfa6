-- A retry deletes the logs of what was skipped, with what had been tried before.
begin;
select plan(1);

create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1}]'),
  test.start_run('{"items": [1, 2]}') as run;
select test.work_off('{"each[1]": {"status": "failed", "final": true}}');
delete from public.workflow_action_logs;

select results_eq(
  $$
    select e ->> 'kind', e ->> 'action', (e ->> 'item_index')::integer
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ->> 'kind' like 'attempt%'
    order by n
  $$,
  $$values
    ('attempt_started', 'each', null), ('attempt_started', 'each', 1), ('attempt_failed', 'each', 1), ('attempt_failed', 'each', null)$$,
  'by action and item'
);

select * from finish();
rollback;
