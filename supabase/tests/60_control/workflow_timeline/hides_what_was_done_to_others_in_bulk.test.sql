begin;
select plan(3);

select test.create_workflow('w');
create temporary table given on commit drop as
select o, (public.workflow_emit('test.happened', organization_id => o) #>> '{runs,0,id}')::uuid as run from unnest(array['a', 'b']) o;
grant select on given to authenticated;
select public.workflow_bulk('pause', '{"workflow": "w"}', false, reason => 'Customer b did not pay', actor => 'Ada');
select public.workflow_bulk('resume', '{"workflow": "w", "organization_id": "a"}', false, reason => 'Well', actor => 'Ada');

select test.act_as('authenticated', '{"organization_id": "a"}');
select is(
  jsonb_path_query_first(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "paused")') - 'at',
  '{"kind": "paused", "in_bulk": true}',
  'that is the operator''s affair'
)
from given where o = 'a';
select is(
  jsonb_path_query_first(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "resumed")') ->> 'reason', 'Well', 'what was done to its own is shown'
)
from given where o = 'a';
reset role;
select set_config('request.jwt.claims', '', true);
select is(
  jsonb_path_query_first(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "paused")') ->> 'reason', 'Customer b did not pay', 'the operator sees it'
)
from given where o = 'a';

select * from finish();
rollback;
