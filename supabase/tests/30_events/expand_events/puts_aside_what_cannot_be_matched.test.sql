-- A condition that raises (refused at save, but a newer Postgres may see it otherwise) costs only the
-- events that reach it.
begin;
select plan(3);

select test.create_orders_table();
select public.workflow_attach('public.test_orders');
select test.create_workflow('healthy', trigger => 'public.test_orders.insert');
select test.create_workflow('broken', trigger => 'public.test_orders.update');
update workflow_engine.workflow_version set condition = '$.event.table.datetime("RN") == 1'
where workflow_id = (select id from public.workflow where name = 'broken');

insert into public.test_orders (id) values (1);
update public.test_orders set status = 'x';

select lives_ok('select workflow_engine.expand_events()', 'the batch goes through');

select results_eq(
  $$
    select e.name, e.expanded_at is not null, e.error, r.status
    from public.workflow_event e left join public.workflow_run r on r.event_id = e.id
    order by e.name
  $$,
  $$
    values
      ('public.test_orders.insert', true, null, 'running'),
      ('public.test_orders.update', true, 'invalid datetime format separator: "R"', null)
  $$,
  'the healthy one runs, the other one is put aside with its error'
);

select results_eq(
  $$select kind, error from public.workflow_history where kind <> 'definition_saved'$$,
  $$values ('event_failed', 'invalid datetime format separator: "R"')$$,
  'and the history tells'
);

select * from finish();
rollback;
