begin;
select plan(1);

select test.create_workflow('w');
select test.start_run() from generate_series(1, 3);
select test.work_off();
select public.workflow_bulk('replay', '{"workflow": "w"}', false, per_minute => 60);

select results_eq(
  $$
    select r.starts_at - min(r.starts_at) over (), (test.log_of(r.id, 'a')).execute_at = r.starts_at
    from public.workflow_run r
    where r.replay_of is not null
    order by r.replay_of
  $$,
  $$values (interval '0', true), ('1 second', true), ('2 seconds', true)$$,
  'so many a minute'
);

select * from finish();
rollback;
