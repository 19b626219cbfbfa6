begin;
select plan(2);

select test.start_wait(jsonb_build_object(
  'kind', 'approval', 'message', 'Well?', 'role', 'finance', 'details', '{"order": 7}'::jsonb, 'expires_in', '1 hour', 'tokens',
  jsonb_build_array(jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex')))
), organization_id => 'a');

select is(
  public.workflow_read_approval('for ada'),
  jsonb_build_object(
    'id', a.id, 'workflow', 'w', 'message', 'Well?', 'details', '{"order": 7}'::jsonb, 'role', 'finance', 'recipient', 'ada@example.com',
    'status', 'pending', 'expires_at', a.expires_at, 'decided_by', null, 'decided_at', null, 'comment', null
  ),
  'and not whose it is'
)
from public.workflow_approval a;
select test.travel('61 minutes');
select is(public.workflow_read_approval('for ada') ->> 'status', 'expired', 'when its time is over it says so at once');

select * from finish();
rollback;
