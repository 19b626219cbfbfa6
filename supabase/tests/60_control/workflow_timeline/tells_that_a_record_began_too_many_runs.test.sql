begin;
select plan(1);

update workflow_engine.settings set max_runs_per_record = 1;
select test.create_orders_table();
select public.workflow_attach('public.test_orders', '{insert,update}');
select test.create_workflow('w', trigger => 'public.test_orders.update');
insert into public.test_orders (id) values (1);
update public.test_orders set status = 'a';
update public.test_orders set status = 'b';
select test.claim();

select results_eq(
  $$
    select (
      select array_agg(e ->> 'kind' order by n)
      from jsonb_array_elements(public.workflow_timeline(r.id) -> 'entries') with ordinality t (e, n)
      where e ->> 'kind' in ('throttled', 'run_created')
    )
    from public.workflow_run r
    order by r.starts_at
  $$,
  $$values ('{run_created}'::text[]), ('{throttled,run_created}')$$,
  'why the run begins a minute later'
);

select * from finish();
rollback;
