begin;
select plan(1);

select test.create_workflow('w');
select test.start_run() from generate_series(1, 2);
select test.work_off();
select public.workflow_bulk('replay', '{"workflow": "w"}', false);

select set_eq(
  $$
    select r.id, (e ->> 'run_id')::uuid as run_id, (e ->> 'new_run_id')::uuid as new_run_id
    from public.workflow_run r, jsonb_array_elements(public.workflow_timeline(r.id) -> 'entries') e
    where e ->> 'kind' = 'replayed'
  $$,
  $$
    select i.id, n.replay_of as run_id, n.id as new_run_id
    from public.workflow_run n
    cross join lateral unnest(array[n.id, n.replay_of]) i (id)
    where n.replay_of is not null
  $$,
  'to both'
);

select * from finish();
rollback;
