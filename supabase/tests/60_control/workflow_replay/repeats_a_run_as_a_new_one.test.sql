begin;
select plan(5);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', organization_column => 'organization_id');
select test.create_workflow('w', '{1,2}', 'public.test_orders.insert');
select test.create_workflow('other', '{1}', 'public.test_orders.insert');
insert into public.test_orders (id, organization_id, status) values (7, 'a', 'new');
select test.work_off();
create temporary table given on commit drop as
select r.id as run from public.workflow_run r join public.workflow w on w.id = r.workflow_id where w.name = 'w';
create temporary table replayed on commit drop as
select (public.workflow_replay(run) ->> 'run_id')::uuid as new_run from given;

select is((select count(*) from public.workflow_run), 3::bigint, 'one more run, and none of another workflow');
select results_eq(
  $$
    select n.replay_of = o.id, n.workflow_id = o.workflow_id, n.workflow_version, n.organization_id, n.related_table, n.related_table_pkey, n.depth,
      n.status, e.payload = f.payload, e.name, e.source
    from given
    join public.workflow_run o on o.id = run
    join public.workflow_event f on f.id = o.event_id
    join public.workflow_run n on n.id = (select new_run from replayed)
    join public.workflow_event e on e.id = n.event_id
  $$,
  $$values (true, true, 1, 'a', 'public.test_orders', '7', 0, 'running', true, 'public.test_orders.insert', 'replay')$$,
  'of the same, with the same input'
);
select is(test.work_off(), 2, 'all of it is done again');
select is(test.run_status(new_run), 'completed', 'to its end') from replayed;
select is(test.run_status(run), 'completed', 'the old run stays as it was') from given;

select * from finish();
rollback;
