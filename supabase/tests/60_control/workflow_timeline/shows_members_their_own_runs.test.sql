begin;
select plan(6);

select test.create_workflow('w');
create temporary table given on commit drop as
select o, (public.workflow_emit('test.happened', organization_id => o) #>> '{runs,0,id}')::uuid as run from unnest(array['a', 'b', null]) o;
grant select on given to anon, authenticated;
select test.act_as('authenticated', '{"organization_id": "a"}');

select is(public.workflow_timeline(run) #>> '{run,organization_id}', 'a', 'that of a member''s organization') from given where o = 'a';
select is(
  test.error_of(format('select public.workflow_timeline(%L)', run)) - 'hint',
  jsonb_build_object('code', 'PT404', 'details', 'run.unknown', 'message', format('There is no run %s', run)),
  'not that of another'
)
from given where o = 'b';
select is(test.error_of(format('select public.workflow_timeline(%L)', run)) ->> 'code', 'PT404', 'nor the platform''s') from given where o is null;
select test.act_as('authenticated');
select is(test.error_of(format('select public.workflow_timeline(%L)', run)) ->> 'code', 'PT404', 'and nothing without one') from given where o is null;
select test.act_as('anon');
select throws_ok(
  format('select public.workflow_timeline(%L)', run), '42501', 'permission denied for function workflow_timeline', 'let alone anonymously'
)
from given where o = 'a';
select test.act_as('service_role');
reset role;
select is(count(public.workflow_timeline(run)), 3::bigint, 'service_role sees all') from given;

select * from finish();
rollback;
