-- As if it did not exist, whatever role the caller has.
begin;
select plan(4);

select test.start_wait('{"kind": "approval", "message": "Well?", "role": "finance", "tokens": []}', organization_id => o)
from unnest(array['a', null]) o;
create temporary table asked on commit drop as select id, organization_id from public.workflow_approval;
grant select on asked to authenticated;

select test.act_as('authenticated', '{"organization_id": "b", "user_role": "finance"}');
select is(
  test.error_of(format('select public.workflow_approve(%L)', id)) - 'hint',
  jsonb_build_object('code', 'PT404', 'details', 'approval.unknown', 'message', format('There is no approval %s', id)),
  coalesce(organization_id, 'the platform''s')
)
from asked;
select test.act_as('authenticated', '{"user_role": "finance"}');
select is(
  test.error_of(format('select public.workflow_reject(%L)', id)) ->> 'code', 'PT404', 'nor does who belongs to no organization see it'
)
from asked;

select * from finish();
rollback;
