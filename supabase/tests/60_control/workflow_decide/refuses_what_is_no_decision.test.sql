begin;
select plan(6);

select test.start_wait(jsonb_build_object('kind', 'approval', 'message', 'Well?', 'tokens', jsonb_build_array(
  jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex'))
)));

select is(
  test.error_of(format('select public.workflow_decide(%L, %L)', 'for ada', d.decision)) - 'hint',
  jsonb_build_object('code', 'PT422', 'details', 'approval.decision_invalid', 'message', format('Cannot decide "%s"', d.decision)),
  coalesce(d.decision, 'none')
)
from unnest(array['expired', 'pending', 'stopped', 'yes', null]) d (decision);
select is((select status from public.workflow_approval), 'pending', 'it is still to be decided');

select * from finish();
rollback;
