begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run from generate_series(1, 3);
select public.workflow_bulk('stop', '{"workflow": "w", "organization_id": "a"}', false, reason => 'Wrong', actor => 'Ada');

select results_eq(
  $$
    select h.organization_id, h.run_id, h.actor, h.reason, h.detail
    from public.workflow_history h
    where h.kind = 'stopped'
  $$,
  $$values ('a', null::uuid, 'Ada', 'Wrong', jsonb '{"filter": {"workflow": "w", "organization_id": "a"}, "runs": 3}')$$,
  'for all of them'
);
select is(
  jsonb_path_query_first(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "stopped")') - 'at' - 'filter',
  '{"kind": "stopped", "actor": "Ada", "reason": "Wrong", "runs": 3, "in_bulk": true}',
  'each run''s timeline has it'
)
from given
limit 1;

select * from finish();
rollback;
