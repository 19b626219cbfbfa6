-- Invariant 4: an event of an organization reaches that organization's workflows and the platform's
-- own, nobody else's; an event of no organization reaches only the platform's.
begin;
select plan(2);

select test.create_workflow('of the platform');
select test.create_workflow('of a', organization_id => 'a');
select test.create_workflow('of b', organization_id => 'b');

select public.workflow_emit('test.happened', '{"of": "a"}', organization_id => 'a');
select public.workflow_emit('test.happened', '{"of": "nobody"}');

select results_eq(
  $$
    select e.payload ->> 'of', w.name, r.organization_id
    from public.workflow_run r
    join public.workflow w on w.id = r.workflow_id
    join public.workflow_event e on e.id = r.event_id
    order by 1, 2
  $$,
  $$
    values
      ('a', 'of a', 'a'),
      ('a', 'of the platform', 'a'),
      ('nobody', 'of the platform', null)
  $$,
  'runs begin where they may, and belong to the event''s organization'
);

select results_eq(
  'select distinct l.organization_id from public.workflow_action_logs l order by 1',
  array['a', null],
  'and so do their action logs'
);

select * from finish();
rollback;
