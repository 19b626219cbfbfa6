begin;
select plan(3);

select test.create_workflow('one');
select test.create_workflow('two');
create temporary table given on commit drop as select public.workflow_emit('test.happened', '{"n": 1}') as answer;

select set_eq(
  $$select (r ->> 'id')::uuid as id, (r ->> 'workflow_id')::uuid as workflow_id, r ->> 'status' as status from given, jsonb_array_elements(answer -> 'runs') r$$,
  'select id, workflow_id, status from public.workflow_run',
  'the answer lists the runs that it started'
);

select results_eq(
  $$select id, name, source, payload, expanded_at is not null from public.workflow_event$$,
  $$select (answer ->> 'event_id')::uuid, 'test.happened', 'emit', '{"n": 1}'::jsonb, true from given$$,
  'and names the event'
);

select is(public.workflow_emit('nobody.listens') -> 'runs', '[]', 'an event that starts nothing has no runs');

select * from finish();
rollback;
