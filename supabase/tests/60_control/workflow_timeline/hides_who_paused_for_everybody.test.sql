begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run;
grant select on given to authenticated;
select public.workflow_pause(action_type => 'log', reason => 'Customer b sends too much', actor => 'Ada');

select test.act_as('authenticated', '{"organization_id": "a"}');
select is(
  jsonb_path_query_first(public.workflow_timeline(run), '$.entries[*] ? (@.kind == "paused")') - 'at',
  '{"kind": "paused", "action_type": "log"}',
  'a member sees that it was, and nothing else'
)
from given;

select * from finish();
rollback;
