begin;
select plan(1);

select test.create_workflow('child', trigger => 'never', organization_id => o) from unnest(array['b', 'a', null]) o;
select test.start_wait('{"kind": "run", "workflow": "child"}', organization_id => o) from unnest(array['a', 'c', null]) o;

select set_eq(
  $$
    select r.organization_id as of_run, w.organization_id as of_workflow
    from public.workflow_run r
    join public.workflow w on w.id = r.workflow_id
    where r.parent_run_id is not null
  $$,
  $$values ('a', 'a'), ('c', null), (null, null)$$,
  'to the platform''s, and never takes another''s'
);

select * from finish();
rollback;
