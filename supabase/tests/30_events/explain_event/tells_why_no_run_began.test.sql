-- A condition that is not true leaves no run in which one could look.
begin;
select plan(2);

select test.create_workflow('every');
select test.create_workflow('large', condition => '$.event.n > $.vars.limit');
update public.workflow set vars = '{"limit": 5}' where name = 'large';
select test.create_workflow('theirs', organization_id => 'them');
create temporary table given on commit drop as
select test.start_run('{"n": 3}') as run, null::uuid as event;
update given set event = (select e.id from public.workflow_event e);

select results_eq(
  $$select x.* from given, workflow_engine.explain_event(event) x$$,
  $$
    select 'every', null::jsonb, run from given
    union all
    select 'large', '{
      "expression": "($.\"event\".\"n\" > $.\"vars\".\"limit\")",
      "result": false,
      "values": {"$.\"event\".\"n\"": "3", "$.\"vars\".\"limit\"": "5"}
    }', null
  $$,
  'each workflow that listens for the event, what its condition saw, and its run'
);
select is_empty(
  $$select workflow_engine.explain_event(workflow_engine.new_id())$$,
  'nothing of an event that does not exist'
);

select * from finish();
rollback;
