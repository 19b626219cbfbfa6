begin;
select plan(1);

select test.create_workflow('w');
select test.start_run();

select results_eq(
  $$
    select f.key, public.workflow_bulk('stop', jsonb_build_object(f.key, r.created_at + f.shift)) -> 'matched'
    from public.workflow_run r, (values
      (1, 'created_after', interval '0'), (2, 'created_after', '1 microsecond'), (3, 'created_before', '0'), (4, 'created_before', '1 microsecond')
    ) f (number, key, shift)
    order by f.number
  $$,
  $$values ('created_after', jsonb '1'), ('created_after', '0'), ('created_before', '0'), ('created_before', '1')$$,
  'the first moment belongs to it, the last one does not: hours next to each other share no run'
);

select * from finish();
rollback;
