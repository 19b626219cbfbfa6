-- Invariant 4, for every table that a signed-in user may read.
begin;
select plan(3);

select test.create_workflow('of a', organization_id => 'a');
select test.create_workflow('of b', organization_id => 'b');
select test.create_workflow('of the platform');
update public.workflow_action set max_retries = 0;
select public.workflow_emit('test.happened', organization_id => o) from unnest(array['a', 'b', null]) o;
select test.report(c, '{"status": "failed"}') from jsonb_array_elements(test.claim() -> 'claims') c;

create function pg_temp.seen()
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'workflow', (select jsonb_agg(distinct organization_id) from public.workflow),
    'action', (select jsonb_agg(distinct organization_id) from public.workflow_action),
    'run', (select jsonb_agg(distinct organization_id) from public.workflow_run),
    'action log', (select jsonb_agg(distinct organization_id) from public.workflow_action_logs),
    'history', (select jsonb_agg(distinct organization_id) from public.workflow_history)
  );
$$;

select test.act_as('authenticated', '{"organization_id": "a"}');

select is(
  pg_temp.seen(),
  '{"workflow": ["a"], "action": ["a"], "run": ["a"], "action log": ["a"], "history": ["a"]}',
  'a member of a sees what is a''s, and nothing of b or the platform'
);

select is((select count(*) from public.workflow_run), 2::bigint, 'the platform''s run of a''s event is a''s');

select test.act_as('authenticated');

select is(
  pg_temp.seen(),
  '{"workflow": null, "action": null, "run": null, "action log": null, "history": null}',
  'who belongs to no organization sees nothing, not even what has none'
);

select * from finish();
rollback;
